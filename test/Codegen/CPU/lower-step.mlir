// RUN: graph-opt %s -cpu-codegen="cpu=x86-64" -split-input-file | FileCheck %s

// An entry point takes the frame and returns a status; what its arguments say
// stays as an attribute.
// CHECK-LABEL: llvm.func internal @main(
// CHECK-SAME:    %[[FRAME:.*]]: !llvm.ptr) -> i32
// CHECK-SAME:    step.arena_bytes = 64 : i64
// CHECK-SAME:    step.inputs = [{name = "x", type = tensor<?x2xf32>}, {name = "k", type = tensor<3xui8>}]
// CHECK-SAME:    step.results = [{name = "y", type = tensor<?x2xf32>}]
// CHECK:         %[[PLACE:.*]] = llvm.call @gcrt_scratch(%[[FRAME]]
// CHECK:         %[[GOOD:.*]] = llvm.icmp "ne" %[[PLACE]]
// CHECK:         llvm.cond_br %[[GOOD]], ^[[NEXT:.*]], ^[[MEMORY:.*]]
// CHECK:       ^[[NEXT]]:
// CHECK:         llvm.call @kernel_0(%[[FRAME]], {{.*}}, %[[PLACE]], {{.*}})
// CHECK:         %[[STATUS:.*]] = llvm.call @part(%[[FRAME]]
// CHECK:         llvm.cond_br %{{.*}}, ^[[OUT:.*]], ^[[FAILED:.*]]
// CHECK:       ^[[OUT]]:
// CHECK:         llvm.call @gcrt_output(%[[FRAME]]
// CHECK:       ^[[MEMORY]]:
// CHECK:         %[[FOUR:.*]] = llvm.mlir.constant(4 : i32)
// CHECK:         llvm.return
// CHECK:       ^[[FAILED]]:
// CHECK:         llvm.return %[[STATUS]]
#id = affine_map<(i, j) -> (i, j)>
func.func private @kernel_0(%a: memref<?x2xf32>, %o: memref<?x2xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : memref<?x2xf32>) outs(%o : memref<?x2xf32>) {
  ^bb0(%x: f32, %z: f32):
    linalg.yield %x : f32
  }
  return
}
func.func @part(%x: memref<?x2xf32>) attributes {step.part} {
  return
}
func.func @main(%x: memref<?x2xf32> {graph.name = "x"}, %k: memref<3xi8> {graph.name = "k", step.unsigned})
    attributes {step.results = [{name = "y", type = tensor<?x2xf32>}], step.arena_bytes = 64 : i64} {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?x2xf32>
  %t = step.scratch 0 sizes(%n) : memref<?x2xf32>
  step.launch @kernel_0 ins(%x : memref<?x2xf32>) outs(%t : memref<?x2xf32>)
  step.call @part(%t) : memref<?x2xf32>
  %y = step.output 0 sizes(%n) : memref<?x2xf32>
  step.launch @kernel_0 ins(%t : memref<?x2xf32>) outs(%y : memref<?x2xf32>)
  return
}

// -----

// The text of an assertion is a constant; it is put together on failure only.
// CHECK-LABEL: llvm.func internal @assertion
// CHECK:         llvm.cond_br %{{.*}}, ^{{.*}}, ^[[FAILED:bb[0-9]+]]
// CHECK:       ^[[FAILED]]:
// CHECK:         %[[TEXT:.*]] = llvm.mlir.addressof @gcrt.text
// CHECK:         %[[STATUS:.*]] = llvm.call @gcrt_fail(%{{.*}}, %{{.*}}, %[[TEXT]], %{{.*}})
// CHECK:         llvm.return %[[STATUS]]
// CHECK:       llvm.mlir.global private constant @gcrt.string.0("node_a\00")
// CHECK:       llvm.mlir.global private constant @gcrt.string.1("x is \00")
func.func @assertion(%x: memref<2xf32>) attributes {step.results = []} {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %v = memref.load %x[%c0] : memref<2xf32>
  %ok = arith.cmpf ogt, %v, %zero : f32
  step.assert %ok, ["x is ", 0, ", ", 1](%x, %v) : memref<2xf32>, f32 {status = 3 : i32, summarize = 3 : i64} loc("node_a"("g.pbtxt":3:1))
  return
}

// -----

// Variables are numbered in the order of the module.
// CHECK-LABEL: llvm.func internal @variables
// CHECK:         llvm.call @gcrt_unset(%{{.*}}, %[[NUMBER:.*]])
step.variable @v : tensor<2xf32> = dense<0.0> : tensor<2xf32>
step.variable @w : tensor<2xf32>
func.func @variables() attributes {step.results = []} {
  step.check_set @w
  %w = step.variable_ref @w : memref<2xf32>
  %v = step.variable_ref @v : memref<2xf32>
  memref.copy %w, %v : memref<2xf32> to memref<2xf32>
  step.mark_set @v
  return
}

// -----

// A variable of open shape moves when it is resized: where it is and how large
// is looked up each time.
// CHECK-LABEL: llvm.func internal @open_variable
// CHECK-SAME:    %[[FRAME:.*]]: !llvm.ptr)
// CHECK:         %[[FIELD:.*]] = llvm.getelementptr %[[FRAME]][8]
// CHECK:         %[[DIMS:.*]] = llvm.load %[[FIELD]]
// CHECK:         %[[SIZES:.*]] = llvm.load %[[DIMS]] invariant
// CHECK:         llvm.load %[[SIZES]] {{.*}}-> i64
// CHECK-NOT:     invariant
// CHECK:         %[[PLACE:.*]] = llvm.call @gcrt_resize_variable(%[[FRAME]], %{{.*}}, %{{.*}}) : (!llvm.ptr, i32, !llvm.ptr) -> !llvm.ptr
// CHECK:         %[[GOOD:.*]] = llvm.icmp "ne" %[[PLACE]]
// CHECK:         llvm.cond_br %[[GOOD]]
step.variable @rows : tensor<?x2xf32>
func.func @open_variable() attributes {step.results = []} {
  %n = step.variable_size @rows 0
  %old = step.variable_ref @rows sizes(%n) : memref<?x2xf32>
  %c1 = arith.constant 1 : index
  %m = arith.addi %n, %c1 : index
  %new = step.resize_variable @rows sizes(%m) : memref<?x2xf32>
  memref.copy %old, %new : memref<?x2xf32> to memref<?x2xf32>
  return
}

// -----

// A failure inside of control flow leaves the function.
// CHECK-LABEL: llvm.func internal @nested
// CHECK:         llvm.cond_br
// CHECK:         llvm.call @gcrt_print
// CHECK:         llvm.cond_br
func.func @nested(%x: memref<i1>) attributes {step.results = []} {
  %c = memref.load %x[] : memref<i1>
  scf.if %c {
    step.print ["yes"] {stream = "stderr", style = "summary", summarize = 3 : i64}
  }
  return
}
