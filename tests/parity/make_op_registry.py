"""Write `src/undertow/ops/registry.txt`: the signature of every op, as TensorFlow's own runtime tells it.

Run in an environment with TensorFlow 2.21. One op a line, inputs, outputs, attrs; ops that came after
TensorFlow 1 and serve other hardware are left out.
"""

import pathlib
import re

from tensorflow import make_ndarray
from tensorflow.core.framework import op_def_pb2, types_pb2
from tensorflow.python.client import pywrap_tf_session as c_api

LATER = re.compile(
    r"^(_|XLA|Xla|TPU|Uniform(?!Candidate)[A-Z]|.*TPU|Collective|Nccl|Risc|.*Spars?e[Cc]ore|DefaultAttrs|Namespace>|Dtensor|"
    r"I[Ff][Rr][Tt])"
)


def type_name(number: int) -> str:
    return types_pb2.DataType.Name(number)[3:].lower()


def argument(arg: op_def_pb2.OpDef.ArgDef) -> str:
    if arg.type_list_attr:
        kind = f"list({arg.type_list_attr})"
    else:
        kind = arg.type_attr or type_name(arg.type)
        if arg.number_attr:
            kind = f"{arg.number_attr}*{kind}"
    return f"{arg.name}: {'ref ' if arg.is_ref else ''}{kind}"


def value(v) -> str:
    kind = v.WhichOneof("value")
    if kind == "list":
        items = next((f for _, f in v.list.ListFields()), [])
        if v.list.type:
            items = [type_name(t) for t in v.list.type]
        elif v.list.shape:
            items = ["unknown" if s.unknown_rank else [d.size for d in s.dim] for s in v.list.shape]
        elif v.list.s:
            items = [repr(s.decode()) for s in v.list.s]
        return "[" + ", ".join(str(i) for i in items) + "]"
    if kind == "s":
        return repr(v.s.decode("latin1"))
    if kind == "type":
        return type_name(v.type)
    if kind == "shape":
        return "unknown" if v.shape.unknown_rank else str([d.size for d in v.shape.dim])
    if kind == "tensor":
        return str(make_ndarray(v.tensor).tolist())
    if kind == "func":
        return "none"
    return str(getattr(v, kind))


def attribute(attr: op_def_pb2.OpDef.AttrDef) -> str:
    text = f"{attr.name}: {attr.type}"
    if attr.allowed_values.list.type:
        text += "{" + ",".join(type_name(t) for t in attr.allowed_values.list.type) + "}"
    elif attr.allowed_values.list.s:
        text += "{" + ",".join(s.decode() for s in attr.allowed_values.list.s) + "}"
    if attr.has_minimum:
        text += f" >= {attr.minimum}"
    if attr.HasField("default_value"):
        text += f" = {value(attr.default_value)}"
    return text


def main() -> None:
    ops = op_def_pb2.OpList.FromString(c_api.TF_GetBuffer(c_api.TF_GetAllOpList()))
    lines = []
    for op in sorted(ops.op, key=lambda o: o.name):
        if LATER.match(op.name):
            continue
        signature = f"({', '.join(map(argument, op.input_arg))}) -> ({', '.join(map(argument, op.output_arg))})"
        stateful = "!" if op.is_stateful else ""
        lines.append(f"{op.name}{stateful}{signature} | {'; '.join(map(attribute, op.attr))}".rstrip(" |"))
    out = pathlib.Path(__file__).parents[2] / "src/undertow/ops/registry.txt"
    out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
