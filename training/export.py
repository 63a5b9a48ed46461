"""Taught weights as the int8 ONNX file that ships."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from network import Network
from onnxruntime.quantization import QuantType, quantize_dynamic

OPSET = 17
NAMES = ["ids", "kinds", "mask", "own"]


def exported(net: Network, path: Path) -> None:
    """The network as float32 ONNX of any batch and length."""
    ids = torch.randint(1000, 2000, (2, 9))
    rest = [torch.zeros_like(ids), torch.ones_like(ids), torch.ones_like(ids)]
    sizes = {name: {0: "batch", 1: "length"} for name in NAMES}
    net.eval()
    torch.onnx.export(
        net,
        (ids, *rest),
        str(path),
        input_names=NAMES,
        output_names=["read", "meaning"],
        dynamic_axes={**sizes, "read": {0: "batch"}, "meaning": {0: "batch"}},
        opset_version=OPSET,
        dynamo=False,
    )


def quantised(source: Path, target: Path) -> None:
    """Weights as seven of int8's eight bits, a scale a column: with eight, processors without VNNI overflow.

    The heads stay whole, since rounding them rounds every reading.
    """
    graph = onnx.load(str(source)).graph
    small = [node.name for node in graph.node if node.op_type in {"MatMul", "Gemm"} and "layers" not in node.name]
    quantize_dynamic(
        str(source),
        str(target),
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        op_types_to_quantize=["MatMul", "Gather"],
        nodes_to_exclude=small,
    )
