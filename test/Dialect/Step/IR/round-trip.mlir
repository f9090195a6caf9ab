// RUN: graph-opt %s | graph-opt | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s

// CHECK: step.variable @w : tensor<4xf32> = dense<0.000000e+00> : tensor<4xf32>
step.variable @w : tensor<4xf32> = dense<0.0> : tensor<4xf32>
// CHECK: step.variable @unset : tensor<f32>
step.variable @unset : tensor<f32>
// CHECK: step.variable @rows : tensor<?x4xf32> = dense<0.000000e+00> : tensor<2x4xf32>
step.variable @rows : tensor<?x4xf32> = dense<0.0> : tensor<2x4xf32>
// CHECK: step.weight_data @c at 64 = dense<1.000000e+00> : tensor<4xf32>
step.weight_data @c at 64 = dense<1.0> : tensor<4xf32>
// CHECK: step.weight_data @panels at 128 = #step.panels<dense<1.000000e+00> : tensor<3x40xf32>, dim = 1, width = 32> : tensor<2x3x32xf32>
step.weight_data @panels at 128 = #step.panels<dense<1.0> : tensor<3x40xf32>, dim = 1, width = 32> : tensor<2x3x32xf32>

func.func private @kernel_0(memref<4xf32>, f32, memref<4xf32>)
    attributes {step.kernel}

// CHECK-LABEL: func.func @tensors
func.func @tensors(%x: tensor<4xf32>, %s: f32) -> tensor<4xf32> {
  // CHECK: step.is_set @w
  %set = step.is_set @w
  // CHECK: step.assert %{{.*}}, ["not set: ", 0](%{{.*}}) : tensor<4xf32> {status = 3 : i32}
  step.assert %set, ["not set: ", 0](%x) : tensor<4xf32> {status = 3 : i32}
  // CHECK: step.load @w : tensor<4xf32>
  %w = step.load @w : tensor<4xf32>
  %empty = tensor.empty() : tensor<4xf32>
  // CHECK: step.launch @kernel_0 ins(%{{.*}}, %{{.*}} : tensor<4xf32>, f32)
  // CHECK-SAME: outs(%{{.*}} : tensor<4xf32>) -> tensor<4xf32>
  %y = step.launch @kernel_0 ins(%w, %s : tensor<4xf32>, f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
  // CHECK: step.store %{{.*}}, @w : tensor<4xf32>
  step.store %y, @w : tensor<4xf32>
  // CHECK: step.print ["y ", 0, "\0A"](%{{.*}}) : tensor<4xf32>
  // CHECK-SAME: {stream = "stderr", style = "format"
  step.print ["y ", 0, "\n"](%y) : tensor<4xf32>
      {stream = "stderr", style = "format", summarize = -1 : i64}
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @open_variable
func.func @open_variable() {
  // CHECK: step.load @rows : tensor<?x4xf32>
  %0 = step.load @rows : tensor<?x4xf32>
  // CHECK: step.store %{{.*}}, @rows : tensor<?x4xf32>
  step.store %0, @rows : tensor<?x4xf32>
  return
}

// CHECK-LABEL: func.func @resize
func.func @resize(%x: tensor<2x4xf32>, %n: index) -> tensor<?x4xf32> {
  // CHECK: step.resize %{{.*}} sizes(%{{.*}}) : tensor<2x4xf32> -> tensor<?x4xf32>
  %y = step.resize %x sizes(%n) : tensor<2x4xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

func.func private @part(memref<4xf32>) attributes {step.part}

// CHECK-LABEL: func.func @places
func.func @places(%x: memref<?x4xf32>, %n: index, %s: f32)
    attributes {step.results = [{name = "y", type = tensor<?x4xf32>}]} {
  // CHECK: step.arena 64 : memref<4xf32>
  %a = step.arena 64 : memref<4xf32>
  // CHECK: step.scratch 0 sizes(%{{.*}}) : memref<?x4xf32>
  %b = step.scratch 0 sizes(%n) : memref<?x4xf32>
  // CHECK: step.grow %{{.*}} sizes(%{{.*}}) : memref<?x4xf32>
  %g = step.grow %n sizes(%n) : memref<?x4xf32>
  // CHECK: step.grow %{{.*}} sizes(%{{.*}}) keeping(%{{.*}} : memref<?x4xf32>) : memref<?x4xf32>
  %h = step.grow %n sizes(%n) keeping(%g : memref<?x4xf32>) : memref<?x4xf32>
  // CHECK: step.output 0 sizes(%{{.*}}) : memref<?x4xf32>
  %c = step.output 0 sizes(%n) : memref<?x4xf32>
  // CHECK: step.weight @c : memref<4xf32>
  %d = step.weight @c : memref<4xf32>
  // CHECK: step.variable_ref @w : memref<4xf32>
  %e = step.variable_ref @w : memref<4xf32>
  // CHECK: %[[N:.*]] = step.variable_size @rows 0
  %m = step.variable_size @rows 0
  // CHECK: step.variable_ref @rows sizes(%[[N]]) : memref<?x4xf32>
  %i = step.variable_ref @rows sizes(%m) : memref<?x4xf32>
  // CHECK: step.resize_variable @rows sizes(%{{.*}}) : memref<?x4xf32>
  %j = step.resize_variable @rows sizes(%n) : memref<?x4xf32>
  // CHECK: step.view %{{.*}} sizes(%{{.*}}) : memref<?x4xf32> -> memref<?xf32>
  %f = step.view %x sizes(%n) : memref<?x4xf32> -> memref<?xf32>
  // CHECK: step.check_set @w
  step.check_set @w
  // CHECK: step.launch @kernel_0 ins(%{{.*}}, %{{.*}} : memref<4xf32>, f32) outs(%{{.*}} : memref<4xf32>)
  step.launch @kernel_0 ins(%d, %s : memref<4xf32>, f32) outs(%e : memref<4xf32>)
  // CHECK: step.mark_set @w
  step.mark_set @w
  // CHECK: step.call @part(%{{.*}}) : memref<4xf32>
  step.call @part(%a) : memref<4xf32>
  return
}

// CHECK-LABEL: func.func private @padded
func.func private @padded(%x: memref<?x4x3xf32>, %n: index) attributes {step.kernel} {
  %c1 = arith.constant 1 : index
  // CHECK: step.padded %{{.*}} dims [0, 1] at(%{{.*}}, %{{.*}}) sizes(%{{.*}}, %{{.*}}) : memref<?x4x3xf32> -> memref<?x?x3xf32>
  %y = step.padded %x dims [0, 1] at(%c1, %c1) sizes(%n, %n) : memref<?x4x3xf32> -> memref<?x?x3xf32>
  return
}
