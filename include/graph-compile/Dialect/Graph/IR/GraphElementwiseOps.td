//===- GraphElementwiseOps.td - elementwise ops ------------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHELEMENTWISEOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHELEMENTWISEOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

//===----------------------------------------------------------------------===//
// Unary ops
//===----------------------------------------------------------------------===//

class Graph_UnaryOp<string mnemonic, string meaning, string edges,
                    string source, TypeConstraint type = Graph_FloatTensor,
                    string exampleType = "tensor<?x4xf32>">
    : Graph_ElementwiseOp<mnemonic> {
  let summary = meaning;
  let description = "Gives, for each element of `x`, " # meaning # ". " # edges # [{
    The result has the shape and the element type of `x`; an empty tensor gives
    an empty tensor.

    Constraints:
    - C1: the result's type is compatible with that of `x`.

    Example:

    ```mlir
    graph.func @example(%x: }] # exampleType # [{) -> }] # exampleType # [{ {
      %y = graph.}] # mnemonic # [{ %x : }] # exampleType # [{
      graph.return %y : }] # exampleType # [{
    }
    ```

    Source: TensorFlow }] # source # [{.
  }];
  let arguments = (ins type:$x);
  let results = (outs type:$result);
  let assemblyFormat = [{
    $x attr-dict `:` custom<SameTypes>(type($x), type($result))
  }];
}

/// Unary ops that fold on constants.
class Graph_FoldedUnaryOp<string mnemonic, string meaning, string edges,
                          string source,
                          TypeConstraint type = Graph_FloatTensor,
                          string exampleType = "tensor<?x4xf32>">
    : Graph_UnaryOp<mnemonic, meaning, edges, source, type, exampleType> {
  let hasFolder = 1;
}

def Graph_AbsOp : Graph_FoldedUnaryOp<"abs", "the absolute value",
  "The sign of a NaN is cleared; the lowest integer, which has no opposite, stays as it is.",
  "`Abs`", Graph_SignedTensor>;
def Graph_NegOp : Graph_FoldedUnaryOp<"neg", "the opposite",
  "Zero becomes minus zero and the reverse; the lowest integer stays as it is.",
  "`Neg`", Graph_SignedTensor>;
def Graph_SignOp : Graph_FoldedUnaryOp<"sign", "-1, 0 or 1 as the element is negative, zero or positive",
  "NaN gives NaN, minus zero gives zero.", "`Sign`", Graph_SignedTensor>;
def Graph_FloorOp : Graph_FoldedUnaryOp<"floor", "the largest whole number that is not greater",
  "NaN, infinities and minus zero stay.", "`Floor`">;
def Graph_CeilOp : Graph_FoldedUnaryOp<"ceil", "the smallest whole number that is not less",
  "NaN, infinities and minus zero stay; what is in (-1, 0) gives minus zero.", "`Ceil`">;
def Graph_RoundEvenOp : Graph_FoldedUnaryOp<"round_even", "the nearest whole number, of two equally near ones the even one",
  "NaN, infinities and minus zero stay.", "`Round`, `Rint`">;
def Graph_NotOp : Graph_FoldedUnaryOp<"not", "the logical opposite of a boolean, the inverted bits of an integer",
  "Has no special cases.", "`LogicalNot`, `Invert`", Graph_BitsTensor, "tensor<?x4xi1>">;

def Graph_ExpOp : Graph_UnaryOp<"exp", "e to the power of the element",
  "Overflow gives infinity, underflow 0, NaN NaN.", "`Exp`">;
def Graph_Expm1Op : Graph_UnaryOp<"expm1", "e to the power of the element, minus 1, exact also near 0",
  "Overflow gives infinity, -infinity -1, NaN NaN.", "`Expm1`">;
def Graph_LogOp : Graph_UnaryOp<"log", "the natural logarithm",
  "0 gives -infinity, what is less gives NaN.", "`Log`">;
def Graph_Log1pOp : Graph_UnaryOp<"log1p", "the natural logarithm of 1 plus the element, exact also near 0",
  "-1 gives -infinity, what is less gives NaN.", "`Log1p`">;
def Graph_SqrtOp : Graph_UnaryOp<"sqrt", "the square root, correctly rounded",
  "What is less than 0 gives NaN, minus zero minus zero.", "`Sqrt`">;
def Graph_RsqrtOp : Graph_UnaryOp<"rsqrt", "1 divided by the square root",
  "0 gives infinity, what is less gives NaN, infinity gives 0.", "`Rsqrt`">;
def Graph_SinOp : Graph_UnaryOp<"sin", "the sine of the element in radians",
  "Infinities give NaN.", "`Sin`">;
def Graph_CosOp : Graph_UnaryOp<"cos", "the cosine of the element in radians",
  "Infinities give NaN.", "`Cos`">;
def Graph_TanOp : Graph_UnaryOp<"tan", "the tangent of the element in radians",
  "Infinities give NaN.", "`Tan`">;
def Graph_AsinOp : Graph_UnaryOp<"asin", "the arc sine in radians",
  "What is outside [-1, 1] gives NaN.", "`Asin`">;
def Graph_AcosOp : Graph_UnaryOp<"acos", "the arc cosine in radians",
  "What is outside [-1, 1] gives NaN.", "`Acos`">;
def Graph_AtanOp : Graph_UnaryOp<"atan", "the arc tangent in radians",
  "Infinities give half of pi with their sign.", "`Atan`">;
def Graph_SinhOp : Graph_UnaryOp<"sinh", "the hyperbolic sine",
  "Overflow gives an infinity.", "`Sinh`">;
def Graph_CoshOp : Graph_UnaryOp<"cosh", "the hyperbolic cosine",
  "Overflow gives infinity.", "`Cosh`">;
def Graph_TanhOp : Graph_UnaryOp<"tanh", "the hyperbolic tangent",
  "Infinities give 1 with their sign.", "`Tanh`">;
def Graph_AsinhOp : Graph_UnaryOp<"asinh", "the inverse hyperbolic sine",
  "Infinities stay.", "`Asinh`">;
def Graph_AcoshOp : Graph_UnaryOp<"acosh", "the inverse hyperbolic cosine",
  "What is less than 1 gives NaN.", "`Acosh`">;
def Graph_AtanhOp : Graph_UnaryOp<"atanh", "the inverse hyperbolic tangent",
  "1 and -1 give infinities, what is outside gives NaN.", "`Atanh`">;
def Graph_ErfOp : Graph_UnaryOp<"erf", "the error function",
  "Infinities give 1 with their sign.", "`Erf`">;
def Graph_ErfcOp : Graph_UnaryOp<"erfc", "1 minus the error function, exact also for large elements",
  "Infinity gives 0, -infinity 2.", "`Erfc`">;
def Graph_LgammaOp : Graph_UnaryOp<"lgamma", "the natural logarithm of the absolute value of the gamma function",
  "Whole numbers that are not positive and infinities give infinity.", "`Lgamma`">;
def Graph_LogisticOp : Graph_UnaryOp<"logistic", "1 divided by (1 plus e to the power of minus the element)",
  "Infinity gives 1, -infinity 0.", "`Sigmoid`">;

class Graph_ClassifyOp<string mnemonic, string meaning, string source>
    : Graph_ElementwiseOp<mnemonic> {
  let summary = meaning;
  let description = "Gives, for each element of `x`, " # meaning # [{.
    The result has the shape of `x`; an empty tensor gives an empty tensor.

    Constraints:
    - C1: the result's type is compatible with that of `x` made of i1.

    Example:

    ```mlir
    graph.func @example(%x: tensor<?xf32>) -> tensor<?xi1> {
      %y = graph.}] # mnemonic # [{ %x : (tensor<?xf32>) -> tensor<?xi1>
      graph.return %y : tensor<?xi1>
    }
    ```

    Source: TensorFlow }] # source # [{.
  }];
  let arguments = (ins Graph_FloatTensor:$x);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_IsFiniteOp : Graph_ClassifyOp<"is_finite",
  "whether it is neither NaN nor an infinity", "`IsFinite`">;
def Graph_IsInfOp : Graph_ClassifyOp<"is_inf",
  "whether it is an infinity", "`IsInf`">;
def Graph_IsNanOp : Graph_ClassifyOp<"is_nan",
  "whether it is NaN", "`IsNan`">;

def Graph_PopulationCountOp : Graph_ElementwiseOp<"population_count"> {
  let summary = "how many bits are set";
  let description = [{
    Gives, for each element of `x`, how many of its bits are set, those of a
    negative number in two's complement included. The result has the shape of
    `x`; an empty tensor gives an empty tensor.

    Constraints:
    - C1: the result's type is compatible with that of `x` made of ui8.

    Example:

    ```mlir
    graph.func @example(%x: tensor<?xi32>) -> tensor<?xui8> {
      %y = graph.population_count %x : (tensor<?xi32>) -> tensor<?xui8>
      graph.return %y : tensor<?xui8>
    }
    ```

    Source: TensorFlow `PopulationCount`.
  }];
  let arguments = (ins Graph_IntTensor:$x);
  let results = (outs Graph_TensorOf<[UI8], "ranked tensor of ui8">:$result);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_CastOp : Graph_ElementwiseOp<"cast"> {
  let summary = "elements as another element type";
  let description = [{
    Gives the elements of `x` as the element type `to`. Floats become integers by
    dropping the fraction; NaN and what does not fit gives an unspecified
    integer. Integers become narrower by dropping high bits, wider by their
    sign, and floats by rounding to the nearest, ties to even; so do floats become
    narrower floats. To `i1` the result is whether the element differs
    from 0, so NaN gives true; `i1` gives 0 or 1.

    Constraints:
    - C1: `to` is an element type of the dialect.
    - C2: the result's type is compatible with that of `x` made of `to`.

    Example:

    ```mlir
    graph.func @whole(%x: tensor<?xf32>) -> tensor<?xi32> {
      %y = graph.cast %x : tensor<?xf32> to tensor<?xi32>
      graph.return %y : tensor<?xi32>
    }
    ```

    Source: TensorFlow `Cast`.
  }];
  let arguments = (ins Graph_Tensor:$x, TypeAttr:$to);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $x attr-dict `:` type($x) `to`
    custom<ResultOfElement>(type($result), $to)
  }];
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Binary ops
//===----------------------------------------------------------------------===//

class Graph_BinaryOp<string mnemonic, string meaning, string edges,
                     string source, TypeConstraint type = Graph_NumberTensor,
                     string exampleElement = "f32", list<Trait> traits = []>
    : Graph_ElementwiseOp<mnemonic, traits> {
  let summary = meaning;
  let description = "Gives, element by element, " # meaning # ". " # edges # [{
    Shapes broadcast; open sizes that do not broadcast at run time are for
    `graph.check_broadcast` to find. The result has the broadcast shape and the
    operands' element type.

    Constraints:
    - C1: `lhs` and `rhs` have the same element type.
    - C2: the shapes broadcast: no two static sizes of one place differ unless one is 1.
    - C3: the result's type is compatible with the broadcast shape.

    Example:

    ```mlir
    graph.func @example(%x: tensor<?x4x}] # exampleElement # [{>, %y: tensor<4x}] # exampleElement # [{>) -> tensor<?x4x}] # exampleElement # [{> {
      %z = graph.}] # mnemonic # [{ %x, %y : (tensor<?x4x}] # exampleElement # [{>, tensor<4x}] # exampleElement # [{>) -> tensor<?x4x}] # exampleElement # [{>
      graph.return %z : tensor<?x4x}] # exampleElement # [{>
    }
    ```

    Source: TensorFlow }] # source # [{.
  }];
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict
    `:` custom<SameTypes>(type($lhs), type($rhs), type($result))
  }];
  let hasFolder = 1;
}

/// Binary ops whose constant operand moves to the right.
class Graph_CommutativeOp<string mnemonic, string meaning, string edges,
                          string source,
                          TypeConstraint type = Graph_NumberTensor,
                          string exampleElement = "f32">
    : Graph_BinaryOp<mnemonic, meaning, edges, source, type, exampleElement,
                     [Commutative]>;

def Graph_AddOp : Graph_CommutativeOp<"add", "the sum",
  "Integers wrap around.", "`Add`, `AddV2`, `BiasAdd`">;
def Graph_SubOp : Graph_BinaryOp<"sub", "`lhs` minus `rhs`",
  "Integers wrap around.", "`Sub`">;
def Graph_MulOp : Graph_CommutativeOp<"mul", "the product",
  "Integers wrap around.", "`Mul`">;
def Graph_DivOp : Graph_BinaryOp<"div", "`lhs` divided by `rhs`",
  "Division by zero gives an infinity or NaN.", "`RealDiv`, `Div`",
  Graph_FloatTensor>;
def Graph_FloorDivOp : Graph_BinaryOp<"floor_div", "`lhs` divided by `rhs`, rounded down",
  [{For integers a zero in `rhs` gives an unspecified value (see
    `graph.check_nonzero`) and the lowest integer divided by -1 wraps around. For floats
    it is the floor of the quotient.}], "`FloorDiv`">;
def Graph_FloorModOp : Graph_BinaryOp<"floor_mod", "what `graph.floor_div` leaves, with the sign of `rhs`",
  [{For integers a zero in `rhs` gives an unspecified value (see
    `graph.check_nonzero`). For floats a zero in `rhs` gives NaN.}], "`FloorMod`">;
def Graph_TruncDivOp : Graph_BinaryOp<"trunc_div", "`lhs` divided by `rhs`, rounded toward 0",
  [{A zero in `rhs` gives an unspecified value (see `graph.check_nonzero`); the
    lowest integer divided by -1 wraps around.}], "`TruncateDiv`, `Div` of integers",
  Graph_IntTensor, "i32">;
def Graph_TruncModOp : Graph_BinaryOp<"trunc_mod", "what a division rounded toward 0 leaves, with the sign of `lhs`",
  [{For integers a zero in `rhs` gives an unspecified value (see
    `graph.check_nonzero`). For floats a zero in `rhs` gives NaN.}], "`TruncateMod`, `Mod`">;
def Graph_MaxOp : Graph_CommutativeOp<"max", "the greater of both",
  "NaN on either side gives NaN.", "`Maximum`">;
def Graph_MinOp : Graph_CommutativeOp<"min", "the less of both",
  "NaN on either side gives NaN.", "`Minimum`">;
def Graph_PowOp : Graph_BinaryOp<"pow", "`lhs` to the power of `rhs`",
  [{Floats follow C's `pow`; integers wrap around, and a negative exponent gives
    an unspecified value.}], "`Pow`"> {
  let hasCanonicalizeMethod = 1;
}
def Graph_Atan2Op : Graph_BinaryOp<"atan2", "the angle in radians of the point (`rhs`, `lhs`)",
  "Follows C's `atan2`, signed zeros and infinities included.", "`Atan2`",
  Graph_FloatTensor> {
  let hasFolder = 0;
}
def Graph_AndOp : Graph_CommutativeOp<"and", "the logical and of booleans, the bitwise and of integers",
  "Has no special cases.", "`LogicalAnd`, `BitwiseAnd`", Graph_BitsTensor, "i1">;
def Graph_OrOp : Graph_CommutativeOp<"or", "the logical or of booleans, the bitwise or of integers",
  "Has no special cases.", "`LogicalOr`, `BitwiseOr`", Graph_BitsTensor, "i1">;
def Graph_XorOp : Graph_CommutativeOp<"xor", "the exclusive or of booleans, bitwise of integers",
  "Has no special cases.", "`BitwiseXor`", Graph_BitsTensor, "i1">;

def Graph_ShiftLeftOp : Graph_BinaryOp<"shift_left", "the bits of `lhs`, moved `rhs` places up",
  [{Zeros come in from below. An amount below 0 counts as 0, one that is the
    width of the type or more as the width minus 1.}], "`LeftShift`",
  Graph_IntTensor, "i32">;
def Graph_ShiftRightOp : Graph_BinaryOp<"shift_right", "the bits of `lhs`, moved `rhs` places down",
  [{The sign of a signed integer comes in from above, zeros into an unsigned one.
    An amount below 0 counts as 0, one that is the width of the type or more as
    the width minus 1.}], "`RightShift`",
  Graph_IntTensor, "i32">;

def Graph_CompareOp : Graph_ElementwiseOp<"compare"> {
  let summary = "compares element by element";
  let description = [{
    Gives whether `lhs` and `rhs` compare as `direction` says: `EQ`, `NE`, `LT`,
    `LE`, `GT` or `GE`. A comparison with NaN is false, but `NE` is true. Shapes
    broadcast; open sizes that do not broadcast at run time are for
    `graph.check_broadcast` to find.

    Constraints:
    - C1: `lhs` and `rhs` have the same element type.
    - C2: the shapes broadcast: no two static sizes of one place differ unless one is 1.
    - C3: the result's type is compatible with the broadcast shape of i1.
    - C4: booleans are compared by `EQ` or `NE` only.

    Example:

    ```mlir
    graph.func @below(%x: tensor<?xf32>, %y: tensor<f32>) -> tensor<?xi1> {
      %z = graph.compare LT %x, %y : (tensor<?xf32>, tensor<f32>) -> tensor<?xi1>
      graph.return %z : tensor<?xi1>
    }
    ```

    Source: TensorFlow `Equal`, `NotEqual`, `Less`, `LessEqual`, `Greater`,
    `GreaterEqual`.
  }];
  let arguments = (ins Graph_CompareDirectionAttr:$direction,
                       Graph_Tensor:$lhs, Graph_Tensor:$rhs);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = [{
    $direction $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_SelectOp : Graph_ElementwiseOp<"select"> {
  let summary = "picks from two tensors by a third";
  let description = [{
    Gives the element of `on_true` where `condition` is true, else that of
    `on_false`. All three broadcast together; open sizes that do not
    broadcast at run time are for `graph.check_broadcast` to find.

    Constraints:
    - C1: `on_true` and `on_false` have the same element type.
    - C2: the shapes broadcast: no two static sizes of one place differ unless one is 1.
    - C3: the result's type is compatible with the broadcast shape.

    Example:

    ```mlir
    graph.func @pick(%c: tensor<?xi1>, %x: tensor<?xf32>, %y: tensor<f32>) -> tensor<?xf32> {
      %z = graph.select %c, %x, %y : (tensor<?xi1>, tensor<?xf32>, tensor<f32>) -> tensor<?xf32>
      graph.return %z : tensor<?xf32>
    }
    ```

    Source: TensorFlow `SelectV2`, `Select`.
  }];
  let arguments = (ins Graph_BoolTensor:$condition, Graph_Tensor:$on_true,
                       Graph_Tensor:$on_false);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $condition `,` $on_true `,` $on_false attr-dict
    `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Special functions
//===----------------------------------------------------------------------===//

def Graph_SpecialOp : Graph_ElementwiseOp<"special"> {
  let summary = "a special function of mathematics";
  let description = [{
    Gives, element by element, the value of `function`, computed in f64 and
    rounded once. Outside a function's domain the value is NaN. Shapes broadcast;
    open sizes that do not broadcast at run time are for
    `graph.check_broadcast` to find.

    - `bessel_i0`, `bessel_i1`, `bessel_k0`, `bessel_k1`: the modified Bessel
      functions of the first and the second kind; `bessel_i0e` and its like are scaled
      by exp(-|x|) (I) or exp(x) (K). `bessel_j0`, `bessel_j1`, `bessel_y0`,
      `bessel_y1`: the Bessel functions.
    - `dawson`: exp(-x^2) times the integral of exp(t^2) from 0 to x.
    - `digamma`: the derivative of the logarithm of the gamma function. Negative whole
      numbers give NaN, 0 an infinity of the opposite sign of the zero.
    - `erfinv`: the inverse of the error function; 1 and -1 give infinities.
    - `expint`: the exponential integral Ei.
    - `fresnel_cos`, `fresnel_sin`: the integrals of cos(pi/2 t^2) and
      sin(pi/2 t^2) from 0 to x.
    - `ndtri`: the inverse of the normal distribution; 0 and 1 give infinities.
    - `spence`: the integral of log(t) / (1 - t) from 1 to x.
    - `igamma`, `igammac` (a, x): the lower and the upper regularized incomplete
      gamma function; `igamma_grad_a` is the derivative of the first by a.
    - `polygamma` (n, x): derivative number n, a whole number, of `digamma`.
    - `zeta` (x, q): the Hurwitz zeta function.
    - `betainc` (a, b, x): the regularized incomplete beta function.

    Constraints:
    - C1: there are as many operands as the function has arguments.
    - C2: the operands have the same element type.
    - C3: the shapes broadcast: no two static sizes of one place differ unless one is 1.
    - C4: the result's type is compatible with the broadcast shape.

    Example:

    ```mlir
    graph.func @tail(%a: tensor<f32>, %x: tensor<?xf32>) -> tensor<?xf32> {
      %y = graph.special igammac(%a, %x) : (tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
      graph.return %y : tensor<?xf32>
    }
    ```

    Source: TensorFlow `BesselI0`, `BesselI0e`, `BesselI1`, `BesselI1e`, `BesselJ0`,
    `BesselJ1`, `BesselK0`, `BesselK0e`, `BesselK1`, `BesselK1e`, `BesselY0`, `BesselY1`,
    `Betainc`, `Dawsn`, `Digamma`, `Erfinv`, `Expint`, `FresnelCos`, `FresnelSin`,
    `Igamma`, `Igammac`, `IgammaGradA`, `Ndtri`, `Polygamma`, `Spence`, `Zeta`.
  }];
  let arguments = (ins Graph_SpecialFunctionAttr:$function,
                       Variadic<Graph_FloatTensor>:$inputs);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $function `(` $inputs `)` attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHELEMENTWISEOPS_TD
