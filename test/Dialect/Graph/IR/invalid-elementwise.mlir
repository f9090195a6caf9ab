// RUN: graph-opt %s -split-input-file -verify-diagnostics
// Constraints of elementwise ops. The type of every result is checked in
// infer-elementwise.mlir too.

// C1 of every unary op: the result has the shape and the element type of x.
graph.func @abs_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.abs' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.abs %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @neg_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.neg' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.neg %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @sign_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.sign' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.sign %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @exp_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.exp' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.exp %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @expm1_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.expm1' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.expm1 %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @log_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.log' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.log %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @log1p_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.log1p' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.log1p %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @sqrt_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.sqrt' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.sqrt %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @rsqrt_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.rsqrt' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.rsqrt %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @sin_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.sin' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.sin %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @cos_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.cos' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.cos %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @tan_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.tan' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.tan %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @asin_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.asin' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.asin %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @acos_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.acos' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.acos %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @atan_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.atan' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.atan %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @sinh_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.sinh' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.sinh %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @cosh_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.cosh' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.cosh %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @tanh_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.tanh' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.tanh %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @asinh_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.asinh' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.asinh %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @acosh_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.acosh' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.acosh %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @atanh_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.atanh' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.atanh %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @erf_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.erf' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.erf %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @erfc_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.erfc' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.erfc %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @lgamma_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.lgamma' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.lgamma %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @logistic_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.logistic' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.logistic %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @floor_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.floor' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.floor %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @ceil_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.ceil' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.ceil %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @round_even_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.round_even' op inferred type(s) 'tensor<?xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.round_even %x : (tensor<?xf32>) -> tensor<f32>
  graph.return
}

// -----

graph.func @not_c1(%x: tensor<?xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.not' op inferred type(s) 'tensor<?xi32>' are incompatible with return type(s) of operation 'tensor<i32>'}}
  %0 = graph.not %x : (tensor<?xi32>) -> tensor<i32>
  graph.return
}

// -----

graph.func @is_finite_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.is_finite' op inferred type(s) 'tensor<?xi1>' are incompatible with return type(s) of operation 'tensor<i1>'}}
  %0 = graph.is_finite %x : (tensor<?xf32>) -> tensor<i1>
  graph.return
}

// -----

graph.func @is_inf_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.is_inf' op inferred type(s) 'tensor<?xi1>' are incompatible with return type(s) of operation 'tensor<i1>'}}
  %0 = graph.is_inf %x : (tensor<?xf32>) -> tensor<i1>
  graph.return
}

// -----

graph.func @is_nan_c1(%x: tensor<?xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.is_nan' op inferred type(s) 'tensor<?xi1>' are incompatible with return type(s) of operation 'tensor<i1>'}}
  %0 = graph.is_nan %x : (tensor<?xf32>) -> tensor<i1>
  graph.return
}

// -----

// C1 of every binary op: one element type.
graph.func @add_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.add' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.add %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @sub_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.sub' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.sub %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @mul_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mul' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.mul %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @div_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.div' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.div %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @floor_div_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.floor_div' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.floor_div %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @floor_mod_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.floor_mod' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.floor_mod %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @trunc_mod_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.trunc_mod' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.trunc_mod %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @max_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.max %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @min_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.min' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.min %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @pow_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pow' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.pow %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @atan2_c1(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.atan2' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.atan2 %x, %y : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @trunc_div_c1(%x: tensor<2xi32>, %y: tensor<2xi64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.trunc_div' op expects lhs and rhs to have one element type, but got 'i32' and 'i64'}}
  %0 = graph.trunc_div %x, %y : (tensor<2xi32>, tensor<2xi64>) -> tensor<2xi32>
  graph.return
}

// -----

graph.func @and_c1(%x: tensor<2xi32>, %y: tensor<2xi64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.and' op expects lhs and rhs to have one element type, but got 'i32' and 'i64'}}
  %0 = graph.and %x, %y : (tensor<2xi32>, tensor<2xi64>) -> tensor<2xi32>
  graph.return
}

// -----

graph.func @or_c1(%x: tensor<2xi32>, %y: tensor<2xi64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.or' op expects lhs and rhs to have one element type, but got 'i32' and 'i64'}}
  %0 = graph.or %x, %y : (tensor<2xi32>, tensor<2xi64>) -> tensor<2xi32>
  graph.return
}

// -----

graph.func @xor_c1(%x: tensor<2xi32>, %y: tensor<2xi64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.xor' op expects lhs and rhs to have one element type, but got 'i32' and 'i64'}}
  %0 = graph.xor %x, %y : (tensor<2xi32>, tensor<2xi64>) -> tensor<2xi32>
  graph.return
}

// -----

// C2 of every binary op: the shapes broadcast.
graph.func @add_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.add' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.add %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @sub_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.sub' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.sub %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @mul_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mul' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.mul %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @div_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.div' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.div %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @floor_div_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.floor_div' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.floor_div %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @floor_mod_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.floor_mod' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.floor_mod %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @trunc_mod_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.trunc_mod' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.trunc_mod %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @max_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.max %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @min_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.min' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.min %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @pow_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pow' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.pow %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @atan2_c2(%x: tensor<?x2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.atan2' op expects shapes that broadcast, but got 'tensor<?x2xf32>', 'tensor<3xf32>'}}
  %0 = graph.atan2 %x, %y : (tensor<?x2xf32>, tensor<3xf32>) -> tensor<?x2xf32>
  graph.return
}

// -----

graph.func @trunc_div_c2(%x: tensor<?x2xi32>, %y: tensor<3xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.trunc_div' op expects shapes that broadcast, but got 'tensor<?x2xi32>', 'tensor<3xi32>'}}
  %0 = graph.trunc_div %x, %y : (tensor<?x2xi32>, tensor<3xi32>) -> tensor<?x2xi32>
  graph.return
}

// -----

graph.func @and_c2(%x: tensor<?x2xi32>, %y: tensor<3xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.and' op expects shapes that broadcast, but got 'tensor<?x2xi32>', 'tensor<3xi32>'}}
  %0 = graph.and %x, %y : (tensor<?x2xi32>, tensor<3xi32>) -> tensor<?x2xi32>
  graph.return
}

// -----

graph.func @or_c2(%x: tensor<?x2xi32>, %y: tensor<3xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.or' op expects shapes that broadcast, but got 'tensor<?x2xi32>', 'tensor<3xi32>'}}
  %0 = graph.or %x, %y : (tensor<?x2xi32>, tensor<3xi32>) -> tensor<?x2xi32>
  graph.return
}

// -----

graph.func @xor_c2(%x: tensor<?x2xi32>, %y: tensor<3xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.xor' op expects shapes that broadcast, but got 'tensor<?x2xi32>', 'tensor<3xi32>'}}
  %0 = graph.xor %x, %y : (tensor<?x2xi32>, tensor<3xi32>) -> tensor<?x2xi32>
  graph.return
}

// -----

// C3 of every binary op: the result has the broadcast shape.
graph.func @add_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.add' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.add %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @sub_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.sub' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.sub %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @mul_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.mul' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.mul %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @div_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.div' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.div %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @floor_div_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.floor_div' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.floor_div %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @floor_mod_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.floor_mod' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.floor_mod %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @trunc_mod_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.trunc_mod' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.trunc_mod %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @max_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.max' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.max %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @min_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.min' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.min %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @pow_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pow' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.pow %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @atan2_c3(%x: tensor<?x2xf32>, %y: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.atan2' op inferred type(s) 'tensor<?x2xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %0 = graph.atan2 %x, %y : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

graph.func @trunc_div_c3(%x: tensor<?x2xi32>, %y: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.trunc_div' op inferred type(s) 'tensor<?x2xi32>' are incompatible with return type(s) of operation 'tensor<2xi32>'}}
  %0 = graph.trunc_div %x, %y : (tensor<?x2xi32>, tensor<2xi32>) -> tensor<2xi32>
  graph.return
}

// -----

graph.func @and_c3(%x: tensor<?x2xi32>, %y: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.and' op inferred type(s) 'tensor<?x2xi32>' are incompatible with return type(s) of operation 'tensor<2xi32>'}}
  %0 = graph.and %x, %y : (tensor<?x2xi32>, tensor<2xi32>) -> tensor<2xi32>
  graph.return
}

// -----

graph.func @or_c3(%x: tensor<?x2xi32>, %y: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.or' op inferred type(s) 'tensor<?x2xi32>' are incompatible with return type(s) of operation 'tensor<2xi32>'}}
  %0 = graph.or %x, %y : (tensor<?x2xi32>, tensor<2xi32>) -> tensor<2xi32>
  graph.return
}

// -----

graph.func @xor_c3(%x: tensor<?x2xi32>, %y: tensor<2xi32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.xor' op inferred type(s) 'tensor<?x2xi32>' are incompatible with return type(s) of operation 'tensor<2xi32>'}}
  %0 = graph.xor %x, %y : (tensor<?x2xi32>, tensor<2xi32>) -> tensor<2xi32>
  graph.return
}

// -----

// graph.cast C1: an element type of the dialect.
graph.func @cast_c1(%x: tensor<f32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.cast' op expects an element type of the dialect, but got 'i7'}}
  %0 = "graph.cast"(%x) <{to = i7}> : (tensor<f32>) -> tensor<i32>
  graph.return
}

// -----

// graph.cast C2: the result is made of it.
graph.func @cast_c2(%x: tensor<f32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.cast' op inferred type(s) 'tensor<i8>' are incompatible with return type(s) of operation 'tensor<i32>'}}
  %0 = "graph.cast"(%x) <{to = i8}> : (tensor<f32>) -> tensor<i32>
  graph.return
}

// -----

// graph.compare C1: one element type.
graph.func @compare_c1(%x: tensor<f32>, %y: tensor<f64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.compare' op expects lhs and rhs to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.compare EQ %x, %y : (tensor<f32>, tensor<f64>) -> tensor<i1>
  graph.return
}

// -----

// graph.compare C2: the shapes broadcast.
graph.func @compare_c2(%x: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.compare' op expects shapes that broadcast, but got 'tensor<2xf32>', 'tensor<3xf32>'}}
  %0 = graph.compare EQ %x, %y : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xi1>
  graph.return
}

// -----

// graph.compare C3: the result has the broadcast shape.
graph.func @compare_c3(%x: tensor<2xf32>, %y: tensor<f32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.compare' op inferred type(s) 'tensor<2xi1>' are incompatible with return type(s) of operation 'tensor<i1>'}}
  %0 = graph.compare EQ %x, %y : (tensor<2xf32>, tensor<f32>) -> tensor<i1>
  graph.return
}

// -----

// graph.compare C4: booleans have no order.
graph.func @compare_c4(%x: tensor<i1>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.compare' op expects booleans to be compared by EQ or NE, but got LT}}
  %0 = graph.compare LT %x, %x : (tensor<i1>, tensor<i1>) -> tensor<i1>
  graph.return
}

// -----

// graph.select C1: one element type.
graph.func @select_c1(%c: tensor<i1>, %x: tensor<f32>, %y: tensor<f64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.select' op expects on_true and on_false to have one element type, but got 'f32' and 'f64'}}
  %0 = graph.select %c, %x, %y : (tensor<i1>, tensor<f32>, tensor<f64>) -> tensor<f32>
  graph.return
}

// -----

// graph.select C2: the shapes broadcast, that of the condition too.
graph.func @select_c2(%c: tensor<3xi1>, %x: tensor<2xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.select' op expects shapes that broadcast, but got 'tensor<3xi1>', 'tensor<2xf32>', 'tensor<2xf32>'}}
  %0 = graph.select %c, %x, %x : (tensor<3xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  graph.return
}

// -----

// graph.select C3: the result has the broadcast shape.
graph.func @select_c3(%c: tensor<3xi1>, %x: tensor<f32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.select' op inferred type(s) 'tensor<3xf32>' are incompatible with return type(s) of operation 'tensor<f32>'}}
  %0 = graph.select %c, %x, %x : (tensor<3xi1>, tensor<f32>, tensor<f32>) -> tensor<f32>
  graph.return
}

// -----

// Element types.
graph.func @exp(%x: tensor<i32>) {
  // expected-error @+1 {{'graph.exp' op operand #0 must be ranked tensor of floats, but got 'tensor<i32>'}}
  %0 = graph.exp %x : tensor<i32>
  graph.return
}
