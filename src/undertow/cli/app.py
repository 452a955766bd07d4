"""The commands and their options."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from undertow.cli import __version__
from undertow.cli.program import refuse, run_code, run_file, run_module

app = typer.Typer(
    name="undertow",
    help="TensorFlow 1 programs, unmodified, on PyTorch.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_chosen: list[Callable[[], None]] = []


def parse() -> Callable[[], None]:
    """What runs the program that the command line names.

    Raises:
      SystemExit: it named none: it asked for help or the version, or was wrong.
    """
    try:
        app()
    except SystemExit:
        if not _chosen:
            raise
    return _chosen.pop()


def _version(asked: bool) -> None:
    if asked:
        print(f"undertow {__version__}")
        raise typer.Exit


@app.callback()
def undertow(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """TensorFlow 1 programs, unmodified, on PyTorch."""


class _RunCommand(TyperCommand):
    """`run` reads options as `python` does: what follows the program belongs to the program."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        end = _program_end(args)
        return super().parse_args(ctx, [*args[:end], "--", *args[end:]])


def _program_end(args: list[str]) -> int:
    """How many of `args` are ours: all up to and with `-m MODULE` or `-c CODE`, or all before SCRIPT."""
    at = 0
    while at < len(args):
        arg = args[at]
        if arg in ("-m", "-c"):
            return min(at + 2, len(args))
        if arg[:2] in ("-m", "-c"):
            return at + 1
        if arg == "--" or arg == "-" or not arg.startswith("-"):
            return at
        at += 2 if arg in ("--figures", "--timeline") else 1
    return at


@app.command(cls=_RunCommand, options_metavar="[--figures DIR] [--profile] [--verbose] [-m MODULE | -c CODE | SCRIPT]")
def run(
    program: Annotated[
        list[str] | None,
        typer.Argument(metavar="ARGS", help="SCRIPT (a .py, a notebook, or - for stdin) and its arguments."),
    ] = None,
    module: Annotated[str | None, typer.Option("-m", metavar="MODULE", help="Run a module, as python -m.")] = None,
    code: Annotated[str | None, typer.Option("-c", metavar="CODE", help="Run the code given, as python -c.")] = None,
    figures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Save each plt.show() as DIR/figure-01.png, figure-02.png …"),
    ] = None,
    profile: Annotated[
        bool, typer.Option("--profile", help="At the end show where the time and memory of its sessions went, by op.")
    ] = False,
    timeline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Profile, and save a run of what took longest for chrome://tracing."),
    ] = None,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", help="Keep our lines in tracebacks; tell which runs a GPU captures, and why not."),
    ] = False,
) -> None:
    """Run a TensorFlow 1 program: its `import tensorflow` is Undertow, all else is as under python."""
    args = program or []
    if module is not None:
        start = partial(run_module, module, args)
    elif code is not None:
        start = partial(run_code, code, args)
    elif args:
        start = partial(run_file, args[0], args[1:])
    else:
        refuse("nothing to run: give a SCRIPT, -m MODULE or -c CODE")
    _prepare(figures, verbose)
    if profile or timeline is not None:
        from undertow.cli.profile import install as show_profile

        show_profile(timeline)
    _chosen.append(start)


@app.command()
def check(
    programs: Annotated[
        list[str], typer.Argument(metavar="PROGRAM...", help="Python files, notebooks, or folders of them.")
    ],
) -> None:
    """Tell which TensorFlow names a program uses that Undertow has not, without running it."""
    from undertow.cli.check import check as check_programs

    _chosen.append(partial(check_programs, programs))


@app.command()
def inspect(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="A checkpoint, graph (.pb, .pbtxt, .meta), SavedModel, TFRecord or event file."
        ),
    ],
    stats: Annotated[bool, typer.Option("--stats", help="Tell min, mean, max, norm and NaNs of each tensor.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Tell what a file holds: names, shapes, types, sizes, inputs and outputs, ops that Undertow lacks."""
    from undertow.cli.show import show

    _chosen.append(partial(show, file, stats, as_json))


@app.command()
def export(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="A checkpoint with its .meta, a frozen .pb, or a SavedModel's folder."),
    ],
    out: Annotated[str, typer.Argument(metavar="OUT", help="The file or folder to write.")],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="torch, onnx, safetensors or savedmodel.")],
    inputs: Annotated[str, typer.Option(metavar="NAMES", help="Tensors that it takes: x:0,y:0.")] = "",
    outputs: Annotated[str, typer.Option(metavar="NAMES", help="Tensors that it gives.")] = "",
    constants: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="An input that is always this: training=false."),
    ] = None,
) -> None:
    """Take a model along: as a torch module to read and train, as ONNX, safetensors or a SavedModel."""
    from undertow.cli.export import export as export_model

    given, wanted = ([name for name in names.split(",") if name] for names in (inputs, outputs))
    _chosen.append(partial(export_model, model, to, out, given, wanted, constants or []))


@app.command()
def freeze(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A checkpoint with its .meta, or a SavedModel's folder.")
    ],
    out: Annotated[str, typer.Argument(metavar="OUT", help="The .pb to write, or a .pbtxt.")],
    outputs: Annotated[str, typer.Option(metavar="NAMES", help="Tensors that it gives: y:0,z:0.")] = "",
) -> None:
    """Make a model one graph file: its variables become constants, what its outputs do not need goes."""
    from undertow.cli.freeze import freeze as freeze_model

    _chosen.append(partial(freeze_model, model, out, [name for name in outputs.split(",") if name]))


def _prepare(figures: Path | None, verbose: bool) -> None:
    from undertow import compat
    from undertow.cli.traceback import install as shorten_tracebacks
    from undertow.compat.figures import install as save_figures

    try:
        save_figures(figures)
    except OSError as error:
        refuse(f"--figures {figures}: {error.strerror}")
    compat.install()
    if verbose:
        _tell()
    else:
        shorten_tracebacks()


def _tell() -> None:
    """Print what the runtime has to say of its own work."""
    import logging

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("undertow: %(message)s"))
    logger = logging.getLogger("undertow")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
