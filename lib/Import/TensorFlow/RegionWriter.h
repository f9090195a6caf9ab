//===- RegionWriter.h - writing raised control flow as nodes ----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_REGIONWRITER_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_REGIONWRITER_H

#include "ItemBuilder.h"
#include "RaiseControlFlow.h"
#include "graph.pb.h"

#include "llvm/ADT/SetVector.h"

#include <functional>

namespace graph_compile::tensorflow {

/// Collects the nodes that are added to a graph.
class NodeWriter {
public:
  NodeWriter(const FlatModel &model, GraphFile &file);

  /// A name that no node has, like that of `like`.
  std::string makeName(NodeIndex like);
  /// Adds a node that stands for `like` in messages.
  void add(std::unique_ptr<proto::NodeDef> def, NodeIndex like,
           RegionIndex region);
  RegionIndex addRegion(RegionDef region);
  RegionDef &getRegion(RegionIndex region) { return file.regions[region]; }
  /// A copy of a node, without inputs.
  std::unique_ptr<proto::NodeDef> copy(NodeIndex node);

private:
  const FlatModel &model;
  GraphFile &file;
  llvm::StringMap<unsigned> numNames;
};

/// Writes the items of one region: the graph itself for one entry point, or a
/// body that the graph had before.
class RegionWriter {
public:
  /// `getOuter` names what stands outside of the region.
  using OuterFn = std::function<std::string(Endpoint)>;

  RegionWriter(const FlatModel &model, const FlowTree &flows,
               const References &references, const std::vector<bool> &hasEffect,
               NodeWriter &writer)
      : model(model), flows(flows), references(references),
        hasEffect(hasEffect), writer(writer) {}

  /// Writes the entry point's own graph; gives it its fetches and targets by
  /// name.
  mlir::LogicalResult writeEntry(const EntryPoint &entry,
                                 const std::vector<bool> &isAffected,
                                 std::vector<std::string> &fetches,
                                 std::vector<std::string> &targets);

private:
  /// What one item becomes.
  struct Written {
    std::string name;
    /// The items of the same block that it waits for.
    llvm::SetVector<ItemIndex> controls;
    /// Of an owner: what its blocks use from outside, in order.
    llvm::SmallVector<ItemValue, 4> captures;
    llvm::DenseMap<std::pair<ItemIndex, uint32_t>, uint32_t> captured;
    bool hasUser = false;
  };
  struct State;

  void resolve(State &state);
  ItemValue use(State &state, ItemValue value, BlockIndex block);
  void useAll(State &state, ItemIndex item);
  void addOrder(State &state, ItemIndex before, ItemIndex after);
  BlockIndex getBlock(State &state, ItemValue value, BlockIndex block);
  std::string getText(State &state, ItemValue value, BlockIndex block);
  std::vector<ItemIndex> findSinks(State &state, BlockIndex block);

  mlir::LogicalResult writeBlock(State &state, BlockIndex block);
  mlir::LogicalResult writeItem(State &state, ItemIndex item);
  void addControls(State &state, ItemIndex item, proto::NodeDef &def);
  mlir::LogicalResult writeBodies(State &state, ItemIndex item,
                                  llvm::ArrayRef<std::string> inputs);
  void addRegion(State &state, BlockIndex block);
  mlir::LogicalResult fillRegion(State &state, BlockIndex block,
                                 std::vector<std::string> results);
  mlir::LogicalResult writeConditional(State &state, ItemIndex item);
  mlir::LogicalResult writeLoop(State &state, ItemIndex item);
  void writeFetchCheck(State &state, ItemIndex item);
  mlir::LogicalResult writeBody(RegionIndex region, const std::string &owner,
                                const OuterFn &getOuter);

  const FlatModel &model;
  const FlowTree &flows;
  const References &references;
  const std::vector<bool> &hasEffect;
  NodeWriter &writer;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_REGIONWRITER_H
