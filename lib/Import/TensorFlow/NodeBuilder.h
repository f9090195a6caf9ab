//===- NodeBuilder.h - what the builder of a node works with ----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_NODEBUILDER_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_NODEBUILDER_H

#include "NodeGraph.h"
#include "OpTable.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace graph_compile::tensorflow {

class BlockBuilder;
struct NodeState;
struct Queue;

/// A string tensor, as far as the importer follows strings: into assertions and
/// prints. Either a constant (one literal per element) or the scalar result of
/// StringFormat (literals and tensors, one after the other).
struct Text {
  struct Piece {
    std::string literal;
    /// The tensor that is printed here; null: the literal.
    mlir::Value value;
  };
  std::vector<Piece> pieces;
  bool isFormat = false;
  /// StringFormat's `summarize`.
  int64_t summarize = 3;
  /// A constant's shape; empty for a scalar.
  llvm::SmallVector<int64_t, 1> shape;
};

/// What a body of a conditional or loop gives.
struct BodyResults {
  /// Null for handles, for references that the owner hands on, and for strings.
  llvm::SmallVector<mlir::Value> values;
  /// Tokens of the body that stand for all that it does.
  llvm::SmallVector<mlir::Value> after;
  /// Whether it does anything.
  bool hasEffects = false;
};

/// One node under construction: its inputs as values, its attributes with
/// TensorFlow's defaults, and the place where its effects stand in the order.
///
/// The signature has been checked: input(i) has the type that the signature
/// gives, and accessors of declared attributes cannot fail. Diagnostics emitted
/// at loc() while a builder runs (also by verifiers and shape inference) get
/// the prefix `node "x" (Op): `.
class NodeBuilder {
public:
  NodeBuilder(BlockBuilder &block, const Node &node, const OpInfo &info,
              NodeState &state);

  mlir::OpBuilder &builder();
  mlir::MLIRContext *context();
  mlir::Location loc() const { return location; }
  const Node &node() const { return source; }
  const OpInfo &info() const { return op; }

  //===--------------------------------------------------------------------===//
  // Inputs
  //===--------------------------------------------------------------------===//

  unsigned numInputs() const { return source.inputs.size(); }
  /// The value at input `i`, counted over all tensors of the signature. A
  /// reference variable has been read, here, in the order of this node. Must
  /// not be called for handles, `Ref(..)` inputs and strings.
  mlir::Value input(unsigned i);
  /// All tensors of the signature's input `name`.
  llvm::SmallVector<mlir::Value> inputs(llvm::StringRef name);
  /// Where the signature's input `name` starts and how many tensors it has.
  std::pair<unsigned, unsigned> inputRange(llvm::StringRef name) const;
  mlir::RankedTensorType inputType(unsigned i);
  mlir::Type elementType(unsigned i) { return inputType(i).getElementType(); }

  /// The variable at an input of type `resource` or `Ref(..)`.
  mlir::FlatSymbolRefAttr variable(unsigned i);
  mlir::RankedTensorType variableType(unsigned i);
  /// The variable in which the node itself remembers something from one
  /// execution to the next; `initial` is what it starts with in an instance.
  mlir::FlatSymbolRefAttr hiddenVariable(mlir::ElementsAttr initial);
  /// One of several that all nodes may share which access what `owner` stands
  /// for; they differ by `role`.
  mlir::FlatSymbolRefAttr hiddenVariable(NodeIndex owner, llvm::StringRef role,
                                         mlir::ElementsAttr initial);
  /// The queue at an input of type `resource` or `Ref(string)`.
  Queue &queue(unsigned i);

  /// Whether input `i` is a string, and the string.
  bool isText(unsigned i);
  const Text &text(unsigned i);

  /// The elements of input `i` if it is a constant.
  mlir::ElementsAttr constantInput(unsigned i);
  /// The integers of input `i` (scalar or vector) if all are known.
  std::optional<llvm::SmallVector<int64_t>> constantInts(unsigned i);
  /// The same, or an error that says that the input must be a constant.
  mlir::FailureOr<llvm::SmallVector<int64_t>> requireInts(unsigned i);

  //===--------------------------------------------------------------------===//
  // Attributes (must be in the signature)
  //===--------------------------------------------------------------------===//

  int64_t intAttr(llvm::StringRef name);
  double floatAttr(llvm::StringRef name);
  bool boolAttr(llvm::StringRef name);
  llvm::StringRef stringAttr(llvm::StringRef name);
  /// The element type; null for strings, handles and variants.
  mlir::Type typeAttr(llvm::StringRef name);
  /// TensorFlow's DataType number.
  int dataTypeAttr(llvm::StringRef name);
  /// The dims (kDynamic where open), or nothing for an unknown rank.
  std::optional<llvm::SmallVector<int64_t>> shapeAttr(llvm::StringRef name);
  llvm::SmallVector<int64_t> intListAttr(llvm::StringRef name);
  llvm::SmallVector<double> floatListAttr(llvm::StringRef name);
  llvm::SmallVector<std::string> stringListAttr(llvm::StringRef name);
  llvm::SmallVector<mlir::Type> typeListAttr(llvm::StringRef name);
  /// A tensor of numbers; an error names what is wrong with it.
  mlir::FailureOr<mlir::ElementsAttr> tensorAttr(llvm::StringRef name);
  /// A tensor of strings.
  mlir::FailureOr<Text> textAttr(llvm::StringRef name);

  //===--------------------------------------------------------------------===//
  // Order
  //===--------------------------------------------------------------------===//

  /// Tokens that the node's next effect must wait for.
  llvm::ArrayRef<mlir::Value> after();
  /// From here on the node's effects, and then its users', wait for `token`.
  void setToken(mlir::Value token);
  mlir::Type tokenType();
  /// Puts an op that implements OrderedOpInterface, made with a token result
  /// and without `after` operands, into the node's chain of effects. To be
  /// called for every such op, checks included.
  template <typename OpTy> OpTy ordered(OpTy op) {
    order(op.getOperation());
    return op;
  }

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//

  /// Output `i` is this string; its Value is null.
  void setText(unsigned i, Text text);

  /// Creates an op whose types are inferred, or emits the inference's error.
  /// (OpTy::create aborts where inference fails.)
  template <typename OpTy>
  mlir::FailureOr<OpTy>
  build(mlir::ValueRange operands,
        llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
    mlir::DictionaryAttr dictionary = builder().getDictionaryAttr(attributes);
    typename OpTy::Properties properties{};
    if (mlir::failed(OpTy::setPropertiesFromAttr(properties, dictionary,
                                                 [&] { return error(); })))
      return mlir::failure();
    OpTy::populateDefaultProperties(
        mlir::OperationName(OpTy::getOperationName(), context()), properties);
    llvm::SmallVector<mlir::Type, 2> types;
    if (mlir::failed(OpTy::inferReturnTypes(
            context(), loc(), operands, dictionary,
            mlir::OpaqueProperties(&properties), /*regions=*/{}, types)))
      return mlir::failure();
    return OpTy::create(builder(), loc(), types, operands, attributes);
  }
  /// The same for an op with one result.
  template <typename OpTy>
  mlir::FailureOr<mlir::Value>
  value(mlir::ValueRange operands,
        llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
    auto op = build<OpTy>(operands, attributes);
    if (mlir::failed(op))
      return mlir::failure();
    return mlir::Value(op->getOperation()->getResult(0));
  }

  /// A `graph.constant`.
  mlir::Value constant(mlir::ElementsAttr value);
  /// A scalar, or a tensor of one repeated element.
  mlir::Value splat(mlir::Type elementType, double value,
                    llvm::ArrayRef<int64_t> shape = {});
  /// A vector of integers, of type i32 unless told.
  mlir::Value intVector(llvm::ArrayRef<int64_t> values,
                        mlir::Type elementType = {});

  //===--------------------------------------------------------------------===//
  // Checks. Each gives back its first operand, checked where that is not
  // provable now; use the value that comes back. What is wrong for certain is
  // an error.
  //===--------------------------------------------------------------------===//

  /// The shapes of `x` and `others` broadcast together.
  mlir::FailureOr<mlir::Value> checkBroadcast(mlir::Value x,
                                              mlir::ValueRange others);
  /// dim(x, lhsDims[k]) == dim(y, rhsDims[k]) for all k.
  mlir::FailureOr<mlir::Value> checkDims(mlir::Value x, mlir::Value y,
                                         llvm::ArrayRef<int64_t> lhsDims,
                                         llvm::ArrayRef<int64_t> rhsDims);
  /// x and y have one shape.
  mlir::FailureOr<mlir::Value> checkSameShape(mlir::Value x, mlir::Value y);
  /// Every element of `index` lies in [0, dim(x, axis)).
  mlir::FailureOr<mlir::Value> checkIndex(mlir::Value index, mlir::Value x,
                                          int64_t axis);
  /// No element of the integers `x` is zero.
  mlir::FailureOr<mlir::Value> checkNonzero(mlir::Value x);
  /// `shape` is a shape that `x` can be given.
  mlir::FailureOr<mlir::Value> checkReshape(mlir::Value shape, mlir::Value x);
  /// The dims `axes` of `x` are 1.
  mlir::FailureOr<mlir::Value> checkSqueeze(mlir::Value x,
                                            llvm::ArrayRef<int64_t> axes);
  /// dim(x, axis) is a multiple of `num`.
  mlir::FailureOr<mlir::Value> checkSplit(mlir::Value x, int64_t axis,
                                          int64_t num);

  //===--------------------------------------------------------------------===//
  // Bodies of conditionals and loops
  //===--------------------------------------------------------------------===//

  /// How many regions the node runs.
  unsigned numBodies() const;
  /// Builds body `number` at the end of `body`, still without a terminator. A
  /// loop's argument is what `carried` has for that input, or, where that is
  /// null, what the loop itself gets.
  mlir::FailureOr<BodyResults>
  buildBody(unsigned number, mlir::Block &body,
            llvm::ArrayRef<mlir::Value> carried = {});
  /// Whether a loop hands on its input `i` as it is in every iteration.
  bool isInvariant(unsigned i) const;
  /// Whether output `i` is a handle or a reference, which has no value.
  bool isReference(unsigned i) const;
  /// The graph, and the value of an output of a node that has been built,
  /// whatever block it is in.
  const NodeGraph &graph() const;
  mlir::Value outputOf(Endpoint endpoint);
  /// What a stack of TensorFlow 1 holds at this node, to be changed; null
  /// before it is made. It is named by the node that makes it.
  mlir::Value &stack(NodeIndex maker);
  /// Of a stack of flows, the array as it was made.
  std::optional<Endpoint> flowOnStack(NodeIndex maker) const;
  /// Whether the graph has gradients of TensorFlow 1's arrays.
  bool hasArrayGradients() const;
  /// The stacks from outside that the node's bodies use, in a fixed order.
  llvm::ArrayRef<NodeIndex> stacksOfBodies() const;
  /// The types that the loop carried when it was built last, to be changed;
  /// empty at first.
  llvm::SmallVectorImpl<mlir::Type> &carriedTypes();

  //===--------------------------------------------------------------------===//
  // Errors
  //===--------------------------------------------------------------------===//

  /// An error at the node; the prefix is added.
  mlir::InFlightDiagnostic error(const llvm::Twine &message = "");
  /// `axis`, which may be negative, in [0, rank), or an error.
  mlir::FailureOr<int64_t> normalizeAxis(int64_t axis, int64_t rank);

private:
  friend class BlockBuilder;

  void order(mlir::Operation *op);

  BlockBuilder &block;
  const Node &source;
  const OpInfo &op;
  mlir::Location location;
  /// The effects of the node; where a reshaping node is built once more for a
  /// reader, the reader's.
  NodeState &state;
  /// The values at the inputs, null for variables and strings.
  llvm::SmallVector<mlir::Value, 4> values;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_NODEBUILDER_H
