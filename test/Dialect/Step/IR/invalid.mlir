// RUN: graph-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{expects an initial value of type 'tensor<4xf32>', but got 'tensor<2xf32>'}}
step.variable @variable_c1 : tensor<4xf32> = dense<0.0> : tensor<2xf32>

// -----

// expected-error @below {{expects an initial value of type 'tensor<?x4xf32>', but got 'tensor<4x2xf32>'}}
step.variable @variable_c1 : tensor<?x4xf32> = dense<0.0> : tensor<4x2xf32>

// -----

// expected-error @below {{expects an offset that is a multiple of 64, but got 8}}
step.weight_data @weight_data_c1 at 8 = dense<0.0> : tensor<2xf32>

// -----

// expected-error @below {{expects a dimension of 'tensor<3x40xf32>', but got 2}}
step.weight_data @panels_c1 at 0 = #step.panels<dense<0.0> : tensor<3x40xf32>, dim = 2, width = 32> : tensor<2x3x32xf32>

// -----

// expected-error @below {{expects a positive width, but got 0}}
step.weight_data @panels_c2 at 0 = #step.panels<dense<0.0> : tensor<3x40xf32>, dim = 1, width = 0> : tensor<2x3x32xf32>

// -----

// expected-error @below {{expects the type 'tensor<2x3x32xf32>', but got 'tensor<3x40xf32>'}}
step.weight_data @panels_c3 at 0 = #step.panels<dense<0.0> : tensor<3x40xf32>, dim = 1, width = 32> : tensor<3x40xf32>

// -----

func.func @load_unknown() {
  // expected-error @below {{expects a step.variable, but found none named @w}}
  %0 = step.load @w : tensor<4xf32>
  return
}

// -----

step.variable @w : tensor<4xf32>
func.func @load_c1() {
  // expected-error @below {{expects the type of @w ('tensor<4xf32>'), but got 'tensor<2xf32>'}}
  %0 = step.load @w : tensor<2xf32>
  return
}

// -----

step.variable @w : tensor<4xf32>
func.func @store_c1(%x: tensor<4xi32>) {
  // expected-error @below {{expects the type of @w ('tensor<4xf32>'), but got 'tensor<4xi32>'}}
  step.store %x, @w : tensor<4xi32>
  return
}

// -----

func.func @mark_set_unknown() {
  // expected-error @below {{expects a step.variable, but found none named @w}}
  step.mark_set @w
  return
}

// -----

func.func @check_set_unknown() {
  // expected-error @below {{expects a step.variable, but found none named @w}}
  step.check_set @w
  return
}

// -----

func.func @is_set_unknown() {
  // expected-error @below {{expects a step.variable, but found none named @w}}
  %0 = step.is_set @w
  return
}

// -----

func.func @assert_c1(%c: i1) {
  // expected-error @below {{expects indices of its 0 data operands, but got 0}}
  step.assert %c, ["x ", 0] {status = 3 : i32}
  return
}

// -----

func.func @assert_text(%c: i1) {
  // expected-error @below {{expects strings and integers as text, but got 1.000000e+00 : f32}}
  step.assert %c, [1.0 : f32] {status = 3 : i32}
  return
}

// -----

func.func @assert_c2(%c: i1) {
  // expected-error @below {{expects a status of 1 or 3, but got 2}}
  step.assert %c, ["x"] {status = 2 : i32}
  return
}

// -----

func.func @print_c1() {
  // expected-error @below {{expects indices of its 0 data operands, but got 2}}
  step.print [2] {stream = "stderr", style = "format"}
  return
}

// -----

func.func @print_c2() {
  // expected-error @below {{expects the style "summary" or "format", but got "bold"}}
  step.print ["x"] {stream = "stderr", style = "bold"}
  return
}

// -----

func.func private @not_a_kernel(memref<4xf32>)
func.func @launch_c1(%x: memref<4xf32>) {
  // expected-error @below {{expects a kernel, but found none named @not_a_kernel}}
  step.launch @not_a_kernel outs(%x : memref<4xf32>)
  return
}

// -----

func.func private @kernel(memref<4xf32>, memref<4xf32>) attributes {step.kernel}
func.func @launch_c2_count(%x: memref<4xf32>) {
  // expected-error @below {{expects the 2 operands of @kernel, but got 1}}
  step.launch @kernel outs(%x : memref<4xf32>)
  return
}

// -----

func.func private @kernel(memref<4xf32>, memref<4xf32>) attributes {step.kernel}
func.func @launch_c2_type(%x: memref<4xf32>, %y: tensor<2xf32>) {
  // expected-error @below {{expects operand 0 to fit 'memref<4xf32>', but got 'tensor<2xf32>'}}
  step.launch @kernel ins(%y : tensor<2xf32>) outs(%x : memref<4xf32>)
  return
}

// -----

func.func private @kernel(memref<4xf32>) attributes {step.kernel}
func.func @launch_c3_count(%x: tensor<4xf32>) {
  // expected-error @below {{expects 1 results, one per output tensor, but got 0}}
  step.launch @kernel outs(%x : tensor<4xf32>)
  return
}

// -----

func.func private @kernel(memref<4xf32>) attributes {step.kernel}
func.func @launch_c3_type(%x: tensor<4xf32>) {
  // expected-error @below {{expects a result of its output's type 'tensor<4xf32>', but got 'tensor<2xf32>'}}
  %0 = step.launch @kernel outs(%x : tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func private @not_a_part(memref<4xf32>)
func.func @call_c1(%x: memref<4xf32>) {
  // expected-error @below {{expects a part of a step, but found none named @not_a_part}}
  step.call @not_a_part(%x) : memref<4xf32>
  return
}

// -----

func.func private @part(memref<4xf32>) attributes {step.part}
func.func @call_c1_types(%x: memref<2xf32>) {
  // expected-error @below {{expects the argument types of @part}}
  step.call @part(%x) : memref<2xf32>
  return
}

// -----

func.func @arena_c1() {
  // expected-error @below {{expects an offset that is a multiple of 8, but got 4}}
  %0 = step.arena 4 : memref<4xf32>
  return
}

// -----

func.func @scratch_c1() {
  // expected-error @below {{expects one size per open dimension of 'memref<?xf32>', but got 0}}
  %0 = step.scratch 0 : memref<?xf32>
  return
}

// -----

func.func @grow_c1(%slot: index) {
  // expected-error @below {{expects one size per open dimension of 'memref<?xf32>', but got 0}}
  %0 = step.grow %slot : memref<?xf32>
  return
}

// -----

func.func @resize_c1(%x: tensor<2x4xf32>) {
  // expected-error @below {{expects one size per open dimension of 'tensor<?x4xf32>', but got 0}}
  %0 = step.resize %x : tensor<2x4xf32> -> tensor<?x4xf32>
  return
}

// -----

func.func @resize_c2(%x: tensor<2x4xf32>, %n: index) {
  // expected-error @below {{expects a result with more or fewer rows of 'tensor<2x4xf32>', but got 'tensor<?x5xf32>'}}
  %0 = step.resize %x sizes(%n) : tensor<2x4xf32> -> tensor<?x5xf32>
  return
}

// -----

func.func @output_c1(%n: index) {
  // expected-error @below {{expects one size per open dimension of 'memref<4xf32>', but got 1}}
  %0 = step.output 0 sizes(%n) : memref<4xf32>
  return
}

// -----

func.func @weight_unknown() {
  // expected-error @below {{expects a step.weight_data, but found none named @c}}
  %0 = step.weight @c : memref<4xf32>
  return
}

// -----

step.weight_data @c at 0 = dense<0.0> : tensor<2xf32>
func.func @weight_c1() {
  // expected-error @below {{expects the type of @c ('tensor<2xf32>'), but got 'memref<4xf32>'}}
  %0 = step.weight @c : memref<4xf32>
  return
}

// -----

step.variable @w : tensor<2xf32>
func.func @variable_ref_c1() {
  // expected-error @below {{expects the type of @w ('tensor<2xf32>'), but got 'memref<4xf32>'}}
  %0 = step.variable_ref @w : memref<4xf32>
  return
}

// -----

step.variable @w : tensor<?x2xf32>
func.func @variable_ref_c2() {
  // expected-error @below {{expects one size per open dimension of 'memref<?x2xf32>', but got 0}}
  %0 = step.variable_ref @w : memref<?x2xf32>
  return
}

// -----

step.variable @w : tensor<?x2xf32>
func.func @variable_size_c1() {
  // expected-error @below {{expects an open dimension of 'tensor<?x2xf32>', but got 1}}
  %0 = step.variable_size @w 1
  return
}

// -----

func.func @variable_size_unknown() {
  // expected-error @below {{expects a step.variable, but found none named @w}}
  %0 = step.variable_size @w 0
  return
}

// -----

step.variable @w : tensor<?x2xf32>
func.func @resize_variable_c1(%n: index) {
  // expected-error @below {{expects the type of @w ('tensor<?x2xf32>'), but got 'memref<?x3xf32>'}}
  %0 = step.resize_variable @w sizes(%n) : memref<?x3xf32>
  return
}

// -----

step.variable @w : tensor<2xf32>
func.func @resize_variable_c1_fixed() {
  // expected-error @below {{expects a place of open shape, but got 'memref<2xf32>'}}
  %0 = step.resize_variable @w sizes() : memref<2xf32>
  return
}

// -----

step.variable @w : tensor<?x?xf32>
func.func @resize_variable_c2(%n: index) {
  // expected-error @below {{expects one size per open dimension of 'memref<?x?xf32>', but got 1}}
  %0 = step.resize_variable @w sizes(%n) : memref<?x?xf32>
  return
}

// -----

func.func @view_c1(%x: memref<4xf32>) {
  // expected-error @below {{expects one size per open dimension of 'memref<?xf32>', but got 0}}
  %0 = step.view %x : memref<4xf32> -> memref<?xf32>
  return
}

// -----

func.func @view_c2(%x: memref<4xf32>) {
  // expected-error @below {{expects elements of type 'f32', but got 'i32'}}
  %0 = step.view %x : memref<4xf32> -> memref<4xi32>
  return
}

// -----

func.func @padded_c1_order(%x: memref<4x4xf32>, %n: index) {
  // expected-error @below {{expects ascending dims of 'memref<4x4xf32>', but got [1, 0]}}
  %0 = step.padded %x dims [1, 0] at(%n, %n) sizes(%n, %n) : memref<4x4xf32> -> memref<?x?xf32>
  return
}

// -----

func.func @padded_c1(%x: memref<4x4xf32>, %n: index) {
  // expected-error @below {{expects 1 offsets and sizes, but got 1 and 2}}
  %0 = step.padded %x dims [1] at(%n) sizes(%n, %n) : memref<4x4xf32> -> memref<4x?xf32>
  return
}

// -----

func.func @padded_c2(%x: memref<4x4xf32>, %n: index) {
  // expected-error @below {{expects a result that is 'memref<4x4xf32>' but for dims [1], but got 'memref<?x?xf32>'}}
  %0 = step.padded %x dims [1] at(%n) sizes(%n) : memref<4x4xf32> -> memref<?x?xf32>
  return
}
