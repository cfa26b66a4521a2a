# Writes and.onnx: the logical and of two numbers, by weights that are set by hand.
#   python3 make.py        (onnx 1.23)
from onnx import TensorProto, helper, save
from onnx.checker import check_model

x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2])
y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 1])
w = helper.make_tensor("weight", TensorProto.FLOAT, [1, 2], [6, 6])
b = helper.make_tensor("bias", TensorProto.FLOAT, [1], [-7.5])
nodes = [helper.make_node("Gemm", ["x", "weight", "bias"], ["z"], "dense", transB=1),
         helper.make_node("Sigmoid", ["z"], ["y"], "sigmoid")]
model = helper.make_model(helper.make_graph(nodes, "and", [x], [y], [w, b]), ir_version=8,
                          opset_imports=[helper.make_opsetid("", 17)])
check_model(model, full_check=True)
save(model, "and.onnx")
