//===- Emit.cpp - from a compiled module to files ------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Emit.h"

#include "graph-compile/Emit/Archive.h"
#include "graph-compile/Emit/Descriptor.h"
#include "graph-compile/Emit/ElfSection.h"
#include "graph-compile/Emit/Header.h"
#include "graph-compile/Emit/Link.h"
#include "graph-compile/Emit/MachineCode.h"
#include "graph-compile/Emit/OutputFile.h"
#include "graph-compile/Emit/Target.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace graph_compile;

namespace {
/// The code and the data of one model on their way to a file.
class ModelEmitter {
public:
  ModelEmitter(llvm::TargetMachine &machine, const EmitOptions &options,
               const ModelDescription &model)
      : machine(machine), options(options), model(model), data(model) {}

  LogicalResult buildLLVMModule(ModuleOp module);
  llvm::Error emit();

private:
  llvm::Error emitText(StringRef path);
  llvm::Error emitObject();
  llvm::Error emitWithRuntime();
  llvm::Error addRuntime(StringRef objectPath, OutputFile &output);
  llvm::Error writeObject(llvm::raw_ostream &os);
  llvm::Error writeText(llvm::raw_pwrite_stream &os);

  llvm::TargetMachine &machine;
  const EmitOptions &options;
  const ModelDescription &model;
  ModelData data;
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
};
} // namespace

LogicalResult ModelEmitter::buildLLVMModule(ModuleOp source) {
  module = translateToLLVMIR(source, context, machine);
  if (!module)
    return failure();
  DescriptorOptions descriptor;
  descriptor.id = options.id;
  descriptor.cpuFeatures = getRequiredCpuFeatures(machine);
  descriptor.isExecutable = options.kind == OutputKind::Executable;
  localizeDefinitions(*module, options.id);
  addDescriptor(*module, model, data, descriptor);
  optimize(*module, machine, options.sanitizeAddress);
  return success();
}

/// Writes the object with its data: the assembled code first, in whose section
/// header the data is already where it then follows.
llvm::Error ModelEmitter::writeObject(llvm::raw_ostream &os) {
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream objectStream(object);
  if (llvm::Error error = emitMachineCode(
          *module, machine, llvm::CodeGenFileType::ObjectFile, objectStream))
    return error;
  uint64_t bytes = data.blob.getSize();
  if (bytes == 0) {
    os.write(object.data(), object.size());
    return llvm::Error::success();
  }
  llvm::Expected<uint64_t> offset =
      moveSectionBehindObject(object, dataSectionName, bytes);
  if (!offset)
    return offset.takeError();
  os.write(object.data(), object.size());
  os.write_zeros(*offset - object.size());
  data.blob.write(os);
  return llvm::Error::success();
}

llvm::Error ModelEmitter::writeText(llvm::raw_pwrite_stream &os) {
  if (options.kind == OutputKind::Assembly)
    return emitMachineCode(*module, machine,
                           llvm::CodeGenFileType::AssemblyFile, os);
  module->print(os, /*AAW=*/nullptr);
  return llvm::Error::success();
}

llvm::Error ModelEmitter::emitText(StringRef path) {
  llvm::Expected<OutputFile> file = OutputFile::create(path);
  if (!file)
    return file.takeError();
  llvm::SmallVector<char, 0> text;
  llvm::raw_svector_ostream stream(text);
  if (llvm::Error error = writeText(stream))
    return error;
  file->os().write(text.data(), text.size());
  return file->commit();
}

llvm::Error ModelEmitter::emitObject() {
  llvm::Expected<OutputFile> object = OutputFile::create(options.outputPath);
  if (!object)
    return object.takeError();
  llvm::Expected<OutputFile> header =
      OutputFile::create(getHeaderPath(options.outputPath));
  if (!header)
    return header.takeError();
  writeHeader(header->os(), model, options.id);
  if (llvm::Error error = writeObject(object->os()))
    return error;
  if (llvm::Error error = header->commit())
    return error;
  return object->commit();
}

/// Makes `output` of the object and the runtime.
llvm::Error ModelEmitter::addRuntime(StringRef objectPath, OutputFile &output) {
  if (options.kind == OutputKind::StaticLibrary)
    return writeStaticLibrary(output.os(), objectPath, options.id + ".o",
                              options.libraryFolder);
  LinkJob job;
  job.object = objectPath.str();
  job.output = output.getTemporaryPath().str();
  job.libraryFolder = options.libraryFolder;
  job.sanitizeAddress = options.sanitizeAddress;
  if (options.kind == OutputKind::SharedLibrary)
    job.sharedName = llvm::sys::path::filename(options.outputPath).str();
  return linkModel(job);
}

llvm::Error ModelEmitter::emitWithRuntime() {
  // Made first, so that a path that cannot be written is known at once.
  llvm::Expected<OutputFile> output = OutputFile::create(options.outputPath);
  if (!output)
    return output.takeError();
  std::optional<OutputFile> header;
  if (hasHeader(options.kind)) {
    llvm::Expected<OutputFile> file =
        OutputFile::create(getHeaderPath(options.outputPath));
    if (!file)
      return file.takeError();
    writeHeader(header.emplace(std::move(*file)).os(), model, options.id);
  }
  bool isKept = !options.saveTempsPrefix.empty();
  std::string objectPath =
      (isKept ? options.saveTempsPrefix : options.outputPath) + ".o";
  llvm::Expected<OutputFile> object = OutputFile::create(objectPath);
  if (!object)
    return object.takeError();
  if (llvm::Error error = writeObject(object->os()))
    return error;
  object->os().flush();
  if (llvm::Error error = addRuntime(object->getTemporaryPath(), *output))
    return error;
  if (isKept)
    if (llvm::Error error = object->commit())
      return error;
  if (header)
    if (llvm::Error error = header->commit())
      return error;
  return output->commit();
}

llvm::Error ModelEmitter::emit() {
  if (!options.saveTempsPrefix.empty()) {
    llvm::Expected<OutputFile> ir =
        OutputFile::create(options.saveTempsPrefix + ".ll");
    if (!ir)
      return ir.takeError();
    module->print(ir->os(), /*AAW=*/nullptr);
    if (llvm::Error error = ir->commit())
      return error;
  }
  switch (options.kind) {
  case OutputKind::Executable:
  case OutputKind::StaticLibrary:
  case OutputKind::SharedLibrary:
    return emitWithRuntime();
  case OutputKind::Object:
    return emitObject();
  case OutputKind::Assembly:
  case OutputKind::LLVMIR:
    return emitText(options.outputPath);
  }
  llvm_unreachable("all kinds are above");
}

bool graph_compile::hasHeader(OutputKind kind) {
  return kind == OutputKind::Object || kind == OutputKind::StaticLibrary ||
         kind == OutputKind::SharedLibrary;
}

bool graph_compile::hasRuntime(OutputKind kind) {
  return kind == OutputKind::Executable || kind == OutputKind::StaticLibrary ||
         kind == OutputKind::SharedLibrary;
}

std::string graph_compile::getHeaderPath(StringRef outputPath) {
  llvm::SmallString<128> path(outputPath);
  llvm::sys::path::replace_extension(path, "h");
  return std::string(path);
}

LogicalResult graph_compile::emitModel(ModuleOp module,
                                       llvm::TargetMachine &machine,
                                       const EmitOptions &options) {
  FailureOr<ModelDescription> model = readModelDescription(module);
  if (failed(model))
    return failure();
  if (model->name.empty())
    model->name = options.id;
  eraseModelDescription(module);
  ModelEmitter emitter(machine, options, *model);
  if (failed(emitter.buildLLVMModule(module)))
    return failure();
  if (llvm::Error error = emitter.emit())
    return emitError(UnknownLoc::get(module.getContext()))
           << llvm::toString(std::move(error));
  return success();
}
