"""Diagonals, identities and bands of matrices: how each op is done."""

from __future__ import annotations

import torch
from torch import Tensor

from ..ops.diagonal import matrix_sizes
from .registry import invalid, kernel
from .shaping import bracketed


@kernel("Diag")
def diag(diagonal: Tensor) -> Tensor:
    if not diagonal.dim():
        raise invalid("Input must be at least rank 1, got 0")
    return torch.diag_embed(diagonal.reshape(-1)).reshape(*diagonal.shape, *diagonal.shape)


@kernel("DiagPart")
def diag_part(value: Tensor) -> Tensor:
    if value.dim() % 2 or not value.dim():
        raise invalid(f"The rank of the tensor should be even and positive, got shape {bracketed(value.shape)}")
    half = value.shape[: value.dim() // 2]
    for i, size in enumerate(half):
        if value.shape[len(half) + i] != size:
            raise invalid(f"Invalid shape {bracketed(value.shape)}: dimensions {i} and {len(half) + i} do not match.")
    return value.reshape(half.numel(), half.numel()).diagonal().reshape(half).clone()


@kernel("MatrixBandPart", "BatchMatrixBandPart", host=("num_lower", "num_upper"))
def matrix_band_part(matrix: Tensor, num_lower: Tensor, num_upper: Tensor) -> Tensor:
    _check(matrix, "input", 2)
    rows, columns = matrix.shape[-2:]
    below, above = int(num_lower), int(num_upper)
    if below > rows:
        raise invalid(f"num_lower must be negative or less or equal to number of rows ({rows}) got: {below}")
    if above > columns:
        raise invalid(f"num_upper must be negative or less or equal to number of columns ({columns}) got: {above}")
    offset = torch.arange(columns, device=matrix.device) - torch.arange(rows, device=matrix.device).unsqueeze(1)
    inside = torch.ones_like(offset, dtype=torch.bool)
    if below >= 0:
        inside &= offset >= -below
    if above >= 0:
        inside &= offset <= above
    return torch.where(inside, matrix, torch.zeros_like(matrix))


# Bands of diagonals


def _band(k: Tensor) -> tuple[int, int]:
    values = k.reshape(-1).tolist()
    return values[0], values[-1]


def _starts(rows: int, columns: int, lowest: int, highest: int, align: str) -> list[tuple[int, int, int]]:
    """For each diagonal of a band, highest first: its number, its length, and where it starts in its row."""
    longest = min(rows + min(0, highest), columns - max(0, lowest))
    found = []
    for number in range(highest, lowest - 1, -1):
        length = min(rows + min(0, number), columns - max(0, number))
        side = align.split("_")[0 if number >= 0 else 1]
        found.append((number, length, longest - length if side == "RIGHT" else 0))
    return found


def _check(value: Tensor, name: str, least: int) -> None:
    if value.dim() < least:
        raise invalid(f"{name} must be at least {least}-dim, received shape: {list(value.shape)}")


def _part(matrix: Tensor, lowest: int, highest: int, padding: Tensor | None, align: str) -> Tensor:
    _check(matrix, "input", 2)
    if lowest == highest:
        return matrix.diagonal(lowest, -2, -1).clone()
    rows, columns = matrix.shape[-2:]
    longest = min(rows + min(0, highest), columns - max(0, lowest))
    filler = matrix.new_zeros(()) if padding is None else padding
    lines = []
    for number, length, start in _starts(rows, columns, lowest, highest, align):
        before = filler.expand(*matrix.shape[:-2], start)
        after = filler.expand(*matrix.shape[:-2], longest - length - start)
        lines.append(torch.cat([before, matrix.diagonal(number, -2, -1), after], -1))
    return torch.stack(lines, -2)


def _set(matrix: Tensor, diagonal: Tensor, lowest: int, highest: int, align: str) -> Tensor:
    _check(matrix, "input", 2)
    _check(diagonal, "diagonal", 1 if lowest == highest else 2)
    rows, columns = matrix.shape[-2:]
    longest = min(rows + min(0, highest), columns - max(0, lowest))
    band = [longest] if lowest == highest else [highest - lowest + 1, longest]
    if list(diagonal.shape) != [*matrix.shape[:-2], *band]:
        raise invalid(
            "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] is not equal to "
            "the longests diagonal in range [lower_diag_index:upper_diag_index]."
        )
    if lowest == highest:
        return torch.diagonal_scatter(matrix, diagonal, lowest, -2, -1)
    for i, (number, length, start) in enumerate(_starts(rows, columns, lowest, highest, align)):
        line = diagonal[..., i, start : start + length]
        matrix = torch.diagonal_scatter(matrix, line, number, -2, -1)
    return matrix


@kernel("MatrixDiagPart", "BatchMatrixDiagPart")
def matrix_diag_part(matrix: Tensor) -> Tensor:
    return _part(matrix, 0, 0, None, "")


@kernel("MatrixDiagPartV2", host=("k",))
def matrix_diag_part_v2(matrix: Tensor, k: Tensor, padding: Tensor) -> Tensor:
    return _part(matrix, *_band(k), padding, "LEFT_LEFT")


@kernel("MatrixDiagPartV3", host=("k",))
def matrix_diag_part_v3(matrix: Tensor, k: Tensor, padding: Tensor, *, align: str) -> Tensor:
    return _part(matrix, *_band(k), padding, align)


@kernel("MatrixSetDiag", "BatchMatrixSetDiag")
def matrix_set_diag(matrix: Tensor, diagonal: Tensor) -> Tensor:
    return _set(matrix, diagonal, 0, 0, "")


@kernel("MatrixSetDiagV2", host=("k",))
def matrix_set_diag_v2(matrix: Tensor, diagonal: Tensor, k: Tensor) -> Tensor:
    return _set(matrix, diagonal, *_band(k), "LEFT_LEFT")


@kernel("MatrixSetDiagV3", host=("k",))
def matrix_set_diag_v3(matrix: Tensor, diagonal: Tensor, k: Tensor, *, align: str) -> Tensor:
    return _set(matrix, diagonal, *_band(k), align)


@kernel("MatrixDiag", "BatchMatrixDiag")
def matrix_diag(diagonal: Tensor) -> Tensor:
    return torch.diag_embed(diagonal)


@kernel("MatrixDiagV2", host=("k", "num_rows", "num_cols"))
def matrix_diag_v2(diagonal: Tensor, k: Tensor, num_rows: Tensor, num_cols: Tensor, padding: Tensor) -> Tensor:
    return matrix_diag_v3(diagonal, k, num_rows, num_cols, padding, align="LEFT_LEFT")


@kernel("MatrixDiagV3", host=("k", "num_rows", "num_cols"))
def matrix_diag_v3(
    diagonal: Tensor, k: Tensor, num_rows: Tensor, num_cols: Tensor, padding: Tensor, *, align: str
) -> Tensor:
    lowest, highest = _band(k)
    _check(diagonal, "diagonal", 1 if lowest == highest else 2)
    batch = diagonal.shape[: -1 if lowest == highest else -2]
    try:
        rows, columns = matrix_sizes(diagonal.shape[-1], lowest, highest, int(num_rows), int(num_cols))
    except ValueError as error:
        raise invalid(str(error)) from None
    return _set(padding.expand(*batch, rows, columns), diagonal, lowest, highest, align)
