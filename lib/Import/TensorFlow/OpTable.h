//===- OpTable.h - TensorFlow's ops, as the importer knows them -*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One entry per TensorFlow op: its signature in the words of TensorFlow's own
// op registry, what it does to variables and to the order of effects, and the
// function that builds it. A family of ops is one file that registers its
// entries:
//
//   static LogicalResult buildMatMul(NodeBuilder &node,
//                                    SmallVectorImpl<Value> &results);
//   void registerMatMulOps(OpTable &table) {
//     table.add("MatMul", "a: T, b: T -> product: T; "
//                         "transpose_a: bool = false, "
//                         "transpose_b: bool = false", buildMatMul);
//   }
//
// The signature is checked before the builder runs (number and types of the
// inputs, presence and kind of the attributes), so builders need not.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_OPTABLE_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_OPTABLE_H

#include "mlir/IR/Value.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringMap.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace graph_compile::tensorflow {

class NodeBuilder;

/// Builds a node from NodeBuilder's inputs and attributes and appends one value
/// per output (none for an output that is a variable, a string or unused by
/// construction: append a null Value there). Failure means that an error has
/// been emitted.
using BuildFn = mlir::LogicalResult (*)(
    NodeBuilder &node, mlir::SmallVectorImpl<mlir::Value> &results);

/// Type of an argument of a signature.
struct ArgumentSpec {
  enum class Kind {
    /// `float`, `int32`, `string`, `resource`, ..: always that type.
    Fixed,
    /// `T`: the type that the attribute names. (TensorFlow's type_attr.)
    TypeAttr,
    /// `Tlist`, declared `list(type)`: as many tensors as the list has types.
    TypeList,
  };
  std::string name;
  Kind kind = Kind::Fixed;
  /// The attribute of TypeAttr and TypeList.
  std::string typeAttr;
  /// The type of Fixed, one of TensorFlow's DataType numbers.
  int fixedType = 0;
  /// `N * T`: the attribute that counts the tensors; empty: one.
  std::string numberAttr;
  /// `Ref(T)`: a TF 1 reference variable.
  bool isReference = false;
};

/// An attribute of a signature: its kind and TensorFlow's default.
struct AttributeSpec {
  enum class Kind { Int, Float, Bool, String, Type, Shape, Tensor, Function };
  std::string name;
  Kind kind = Kind::Type;
  bool isList = false;
  bool hasDefault = false;
  // The default, by kind; lists of ints, floats and strings alone have
  // defaults that are not empty.
  std::vector<int64_t> ints; ///< Int, Bool and Type (DataType numbers)
  std::vector<double> floats;
  std::vector<std::string> strings;
};

/// What a node does to the variable at one of its inputs.
enum class Access : uint8_t { None = 0, Read = 1, Write = 2, ReadWrite = 3 };

inline bool reads(Access access) { return uint8_t(access) & 1; }
inline bool writes(Access access) { return uint8_t(access) & 2; }

struct OpInfo {
  std::string name;
  std::vector<ArgumentSpec> inputs;
  std::vector<ArgumentSpec> outputs;
  std::vector<AttributeSpec> attributes;
  BuildFn build = nullptr;

  /// Accesses to the variables at the inputs of type `resource` or `Ref(..)`,
  /// by input. Any other input that receives a reference variable reads it;
  /// this list need not say so.
  std::vector<std::pair<unsigned, Access>> accesses;
  /// An effect beyond variables that TensorFlow marks stateful (Assert, Print,
  /// CheckNumerics, ..): --auto-order chains these.
  bool isStateful = false;
  /// The input whose reference or handle output 0 passes on, if any (Identity,
  /// Reshape, Assign, ..); all of them for IdentityN. Where that input is a
  /// reference the node itself reads nothing: its readers do.
  std::optional<unsigned> passedReference;
  bool passesAllReferences = false;
  /// Every output passes on what `passedReference` is (Switch), or output 0
  /// what some input is (Merge).
  bool forksReferences = false;
  bool joinsAllReferences = false;
  /// What is passed on has another shape (Reshape, ExpandDims, Squeeze): the
  /// builder is called at each reader, with the value read there.
  bool reshapesReference = false;
  /// Inputs of which only the type matters (Shape, Size, Rank): a reference
  /// variable is not read there. input(i) is then a value of the right type.
  std::vector<unsigned> typeOnly;
  /// The same of all inputs (ShapeN).
  bool isTypeOnly = false;
  /// Inputs may be strings (Assert, Print, StringFormat, Identity, ..): see
  /// NodeBuilder::text. Elsewhere a string is an error.
  bool acceptsStrings = false;
  /// Inputs and outputs may be lists: variants, or the flows of arrays.
  /// Elsewhere a variant is an error.
  bool acceptsLists = false;
  /// It changes a variable only by taking from it: an element of a queue, the
  /// next numbers of a generator.
  bool isDraw = false;
  /// What the list of supported ops says beside the name: limits, and what
  /// differs from what one might expect. One line.
  std::string remark;
  /// The title of its family, for that list.
  std::string family;

  // Conveniences for registration, to be chained after OpTable::add.
  OpInfo &reads(unsigned input) { return access(input, Access::Read); }
  OpInfo &writes(unsigned input) { return access(input, Access::Write); }
  OpInfo &updates(unsigned input) { return access(input, Access::ReadWrite); }
  OpInfo &draws(unsigned input) {
    isDraw = true;
    return updates(input);
  }
  OpInfo &stateful() {
    isStateful = true;
    return *this;
  }
  OpInfo &passesReference(unsigned input) {
    passedReference = input;
    return *this;
  }
  OpInfo &reshapes(unsigned input) {
    reshapesReference = true;
    return passesReference(input);
  }
  /// All outputs pass it on.
  OpInfo &forksReference(unsigned input) {
    forksReferences = true;
    return passesReference(input);
  }
  /// Output 0 passes on one of the inputs.
  OpInfo &joinsReferences() {
    joinsAllReferences = true;
    return *this;
  }
  /// Output i passes on input i, for all i.
  OpInfo &passesReferences() {
    passesAllReferences = true;
    return *this;
  }
  OpInfo &usesTypeOf(unsigned input) {
    typeOnly.push_back(input);
    return *this;
  }
  OpInfo &usesTypes() {
    isTypeOnly = true;
    return *this;
  }
  OpInfo &strings() {
    acceptsStrings = true;
    return *this;
  }
  OpInfo &lists() {
    acceptsLists = true;
    return *this;
  }

  OpInfo &note(mlir::StringRef text) {
    remark = text;
    return *this;
  }

  const AttributeSpec *findAttribute(mlir::StringRef attribute) const;
  /// Whether only the type of input `i` matters.
  bool needsTypeOnly(unsigned i) const;

private:
  OpInfo &access(unsigned input, Access kind) {
    accesses.push_back({input, kind});
    return *this;
  }
};

/// The supported ops by name.
class OpTable {
public:
  /// Adds an op. `signature` reads
  ///   [input {, input}] -> [output {, output}] [; attribute {, attribute}]
  /// with
  ///   input, output:  name: TYPE | name: N * TYPE | name: Ref(TYPE)
  ///   TYPE:           half bfloat16 float double int8 .. uint64 bool string
  ///                   resource, or the name of an attribute
  ///   attribute:      name: KIND [= default]
  ///   KIND:           int float bool string type shape tensor func list(KIND)
  ///   default:        7  0.5  true  'text'  int32  ?  [1, 2]
  /// as in "input: T, axis: Tidx -> output: T; keep_dims: bool = false,
  /// Tidx: type = int32". An attribute that only gives a type or a number and
  /// has no default need not be declared. `?` is the unknown shape.
  OpInfo &add(mlir::StringRef name, mlir::StringRef signature, BuildFn build);

  /// Ops that are added from here on belong to the family of that title.
  void beginFamily(mlir::StringRef title) { family = title; }

  /// The op of that name, or null.
  const OpInfo *lookup(mlir::StringRef name) const;

  /// All ops by name.
  std::vector<const OpInfo *> list() const;

private:
  llvm::StringMap<OpInfo> ops;
  std::string family;
};

/// What the importer itself must know: Const, Placeholder, PlaceholderV2,
/// VarHandleOp, Variable, VariableV2, NoOp, _Arg, _Retval. (CoreOps.cpp)
void registerCoreOps(OpTable &table);

/// All other families. (Ops.cpp calls each family's registerXxxOps.)
void registerOpFamilies(OpTable &table);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_OPTABLE_H
