// RUN: graph-opt %s -step-plan-memory="list-places=true" | FileCheck %s

// Which values have places of their own, how large these are, and between which
// launches they are needed. Inputs and results have none.
// CHECK-LABEL: func.func @main
// CHECK-SAME:    step.places = [
// CHECK-SAME:    {bytes = 64 : i64, first = 0 : i64, last = 2 : i64, node = "a", offset = {{[0-9]+}} : i64},
// CHECK-SAME:    {bytes = 64 : i64, first = 1 : i64, last = 2 : i64, node = "b", offset = {{[0-9]+}} : i64},
// CHECK-SAME:    {first = 3 : i64, last = 4 : i64, node = "open", slot = 0 : i64}]
func.func private @one(%x: memref<16xf32>, %o: memref<16xf32>) attributes {step.kernel} {
  return
}
func.func private @two(%x: memref<16xf32>, %y: memref<16xf32>, %o: memref<16xf32>) attributes {step.kernel} {
  return
}
func.func private @open(%x: memref<?xf32>, %o: memref<?xf32>) attributes {step.kernel} {
  return
}
func.func @main(%x: tensor<16xf32> {graph.name = "x"}, %y: tensor<?xf32> {graph.name = "y"})
    -> (tensor<16xf32> {graph.name = "r"}, tensor<?xf32> {graph.name = "s"}) {
  %e = tensor.empty() : tensor<16xf32>
  %a = step.launch @one ins(%x : tensor<16xf32>) outs(%e : tensor<16xf32>) -> tensor<16xf32> loc("a"("graph":1:0))
  %b = step.launch @one ins(%a : tensor<16xf32>) outs(%e : tensor<16xf32>) -> tensor<16xf32> loc("b"("graph":2:0))
  %r = step.launch @two ins(%a, %b : tensor<16xf32>, tensor<16xf32>) outs(%e : tensor<16xf32>) -> tensor<16xf32> loc("r"("graph":3:0))
  %c0 = arith.constant 0 : index
  %n = tensor.dim %y, %c0 : tensor<?xf32>
  %f = tensor.empty(%n) : tensor<?xf32>
  %open = step.launch @open ins(%y : tensor<?xf32>) outs(%f : tensor<?xf32>) -> tensor<?xf32> loc("open"("graph":4:0))
  %s = step.launch @open ins(%open : tensor<?xf32>) outs(%f : tensor<?xf32>) -> tensor<?xf32> loc("s"("graph":5:0))
  return %r, %s : tensor<16xf32>, tensor<?xf32>
}
