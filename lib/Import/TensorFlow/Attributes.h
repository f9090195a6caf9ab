//===- Attributes.h - attributes and types of nodes -------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A node's attributes as its signature declares them: what the graph holds, or
// TensorFlow's default. Kinds are checked once (checkAttributes); the accessors
// rely on that, and on the attribute being in the signature.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ATTRIBUTES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ATTRIBUTES_H

#include "NodeGraph.h"
#include "OpTable.h"

namespace graph_compile::tensorflow {

namespace proto {
class AttrValue;
class TensorProto;
class TensorShapeProto;
} // namespace proto

/// What the graph itself says; null where it says nothing.
const proto::AttrValue *findAttribute(const Node &node, llvm::StringRef name);

/// Returns what is wrong with the node's attributes: the first that is missing
/// or of another kind than the signature says.
std::optional<std::string> checkAttributes(const Node &node,
                                           const OpInfo &info);

/// A node seen through its signature.
class AttributeReader {
public:
  AttributeReader(const Node &node, const OpInfo &info)
      : node(node), info(info) {}

  int64_t getInt(llvm::StringRef name) const;
  double getFloat(llvm::StringRef name) const;
  bool getBool(llvm::StringRef name) const;
  llvm::StringRef getString(llvm::StringRef name) const;
  /// A DataType number, without a reference flag.
  int getDataType(llvm::StringRef name) const;
  /// The dims, kDynamic where open; nothing for an unknown rank.
  std::optional<llvm::SmallVector<int64_t>>
  getShape(llvm::StringRef name) const;
  const proto::TensorProto &getTensor(llvm::StringRef name) const;

  llvm::SmallVector<int64_t> getIntList(llvm::StringRef name) const;
  llvm::SmallVector<double> getFloatList(llvm::StringRef name) const;
  llvm::SmallVector<std::string> getStringList(llvm::StringRef name) const;
  llvm::SmallVector<int> getDataTypeList(llvm::StringRef name) const;
  size_t getListSize(llvm::StringRef name) const;
  /// One element of a list of types.
  int getDataType(llvm::StringRef name, unsigned element) const;

private:
  const AttributeSpec &getSpec(llvm::StringRef name) const;

  const Node &node;
  const OpInfo &info;
};

/// The dims of a shape, kDynamic where open; nothing for an unknown rank.
std::optional<llvm::SmallVector<int64_t>>
convertShape(const proto::TensorShapeProto &shape);

/// One tensor at a node's inputs or outputs, as the signature types it.
struct TensorSpec {
  /// A DataType number, without a reference flag.
  int dataType;
  /// The argument of the signature, and the tensor's place in it.
  const ArgumentSpec *argument;
  unsigned element;

  /// Whether the tensor is a variable: a handle or a `Ref(..)`.
  bool isVariable() const;
};

/// The number of inputs or outputs, and one of them, in a time that does not
/// depend on how many there are.
size_t countInputs(const Node &node, const OpInfo &info);
size_t countOutputs(const Node &node, const OpInfo &info);
TensorSpec getInputSpec(const Node &node, const OpInfo &info, unsigned input);
TensorSpec getOutputSpec(const Node &node, const OpInfo &info, unsigned output);

/// One entry per tensor of the signature's inputs or outputs.
llvm::SmallVector<TensorSpec, 4> getInputSpecs(const Node &node,
                                               const OpInfo &info);
llvm::SmallVector<TensorSpec, 4> getOutputSpecs(const Node &node,
                                                const OpInfo &info);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ATTRIBUTES_H
