//===- NodeWriter.cpp - adding nodes to a graph ---------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegionWriter.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

NodeWriter::NodeWriter(const FlatModel &model, GraphFile &file)
    : model(model), file(file) {
  if (file.regions.empty())
    file.regions.resize(1);
  if (file.regionOfNode.empty())
    file.regionOfNode.assign(file.graph->node_size(), 0);
}

std::string NodeWriter::makeName(NodeIndex like) {
  StringRef base = model.graph[like].name;
  unsigned &number = numNames[base];
  std::string name;
  do
    name = (base + "@" + Twine(++number)).str();
  while (model.graph.find(name));
  return name;
}

void NodeWriter::add(std::unique_ptr<proto::NodeDef> def, NodeIndex like,
                     RegionIndex region) {
  file.namesInMessages[def->name()] = model.graph[like].name.str();
  file.regionOfNode.push_back(region);
  if (!file.lines.empty())
    file.lines.push_back(model.graph[like].line);
  file.graph->mutable_node()->AddAllocated(def.release());
}

RegionIndex NodeWriter::addRegion(RegionDef region) {
  file.regions.push_back(std::move(region));
  return file.regions.size() - 1;
}

std::unique_ptr<proto::NodeDef> NodeWriter::copy(NodeIndex node) {
  const proto::NodeDef &original = *model.graph[node].def;
  auto def = std::make_unique<proto::NodeDef>(original);
  def->clear_input();
  // Where the contents of a tensor stand is known by the tensor's address.
  if (!file.contents)
    return def;
  for (const auto &[name, value] : original.attr())
    if (value.has_tensor()) {
      auto found = file.contents->find(&value.tensor());
      if (found != file.contents->end())
        file.addContents(&def->attr().at(name).tensor(), found->second);
    }
  return def;
}
