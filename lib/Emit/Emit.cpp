//===- Emit.cpp - from a compiled module to files ------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Emit.h"

#include "gcrt/model.h"
#include "graph-compile/Emit/Archive.h"
#include "graph-compile/Emit/Descriptor.h"
#include "graph-compile/Emit/ElfSection.h"
#include "graph-compile/Emit/Header.h"
#include "graph-compile/Emit/Link.h"
#include "graph-compile/Emit/LinkedData.h"
#include "graph-compile/Emit/MachineCode.h"
#include "graph-compile/Emit/OutputFile.h"
#include "graph-compile/Emit/Target.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace graph_compile;

namespace {
/// The code and the data of one model on their way to a file.
class ModelEmitter {
public:
  ModelEmitter(llvm::TargetMachine &machine, const EmitOptions &options,
               ArrayRef<VariantDescription> variants)
      : machine(machine), options(options), variants(variants),
        model(variants.front().model), data(variants) {}

  /// Adds the code of one variant. All are added before anything else is done.
  LogicalResult addCode(ModuleOp source, llvm::TargetMachine &sourceMachine,
                        StringRef prefix);
  /// Completes the module, once it has all code.
  void finishModule();
  llvm::Error emit();

private:
  llvm::Error emitText(StringRef path);
  llvm::Error emitObject();
  llvm::Error emitWithRuntime();
  llvm::Error addRuntime(OutputFile &output, bool withData);
  llvm::Expected<bool> insertData(StringRef path) const;
  llvm::Error link(OutputFile &output);
  llvm::Error keepIR() const;
  llvm::Error keepObject() const;
  llvm::Error assemble();
  llvm::Error writeObject(llvm::raw_ostream &os) const;
  llvm::Error writeText(llvm::raw_pwrite_stream &os);
  llvm::Error emitFiles();
  bool hasDataFile() const;
  bool hasEmbeddedData() const;
  void writeDataFile(llvm::raw_ostream &os) const;

  /// For what is no variant's own: every CPU that runs some variant runs it.
  llvm::TargetMachine &machine;
  const EmitOptions &options;
  ArrayRef<VariantDescription> variants;
  const ModelDescription &model; // what all variants have in common
  ModelData data;
  DataBlob::Id dataId = {}; ///< of the data, if they go to a file
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
  /// The assembled object, with one byte in place of the data.
  llvm::SmallVector<char, 0> code;
};
} // namespace

LogicalResult ModelEmitter::addCode(ModuleOp source,
                                    llvm::TargetMachine &sourceMachine,
                                    StringRef prefix) {
  std::unique_ptr<llvm::Module> code =
      translateToLLVMIR(source, context, sourceMachine);
  if (!code)
    return failure();
  prefixDefinitions(*code, prefix);
  if (!module) {
    module = std::move(code);
    return success();
  }
  // Everything has its variant's prefix, so nothing can collide.
  return success(!llvm::Linker::linkModules(*module, std::move(code)));
}

void ModelEmitter::finishModule() {
  localizeDefinitions(*module);
  DescriptorOptions descriptor;
  descriptor.id = options.id;
  if (hasDataFile()) {
    dataId = data.blob.computeId();
    descriptor.dataFile =
        llvm::sys::path::filename(getWeightsPath(options)).str();
    descriptor.dataId = dataId;
  }
  descriptor.isExecutable = options.kind == OutputKind::Executable;
  addDescriptor(*module, variants, data, descriptor);
  optimize(*module, machine, options.sanitizeAddress);
}

bool ModelEmitter::hasDataFile() const {
  return options.separateWeights && data.blob.getSize() > 0;
}

/// Writes the file that gcrt_data_header describes.
void ModelEmitter::writeDataFile(llvm::raw_ostream &os) const {
  gcrt_data_header header = {};
  llvm::copy(StringRef(GCRT_DATA_MAGIC), header.magic);
  header.version = GCRT_DATA_VERSION;
  header.bytes = data.blob.getSize();
  llvm::copy(dataId, header.id);
  os.write(reinterpret_cast<const char *>(&header), sizeof(header));
  data.blob.write(os);
}

bool ModelEmitter::hasEmbeddedData() const {
  return !options.separateWeights && data.blob.getSize() > 0;
}

/// Assembles the object, in which one byte stands for the data.
llvm::Error ModelEmitter::assemble() {
  llvm::raw_svector_ostream os(code);
  return emitMachineCode(*module, machine, llvm::CodeGenFileType::ObjectFile,
                         os);
}

/// Writes the object with its data: the assembled code first, in whose section
/// header the data is already where it then follows.
llvm::Error ModelEmitter::writeObject(llvm::raw_ostream &os) const {
  llvm::SmallVector<char, 0> object(code);
  uint64_t offset = object.size();
  if (hasEmbeddedData()) {
    llvm::Expected<uint64_t> dataOffset =
        moveSectionBehindObject(object, dataSectionName, data.blob.getSize());
    if (!dataOffset)
      return dataOffset.takeError();
    offset = *dataOffset;
  }
  os.write(object.data(), object.size());
  os.write_zeros(offset - object.size());
  if (hasEmbeddedData())
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

/// Makes a static library, or links, with an object that is there for this
/// only.
llvm::Error ModelEmitter::addRuntime(OutputFile &output, bool withData) {
  llvm::Expected<OutputFile> object =
      OutputFile::create(options.outputPath + ".o");
  if (!object)
    return object.takeError();
  if (!withData)
    object->os().write(code.data(), code.size());
  else if (llvm::Error error = writeObject(object->os()))
    return error;
  object->os().flush();
  if (options.kind == OutputKind::StaticLibrary)
    return writeStaticLibrary(output.os(), object->getTemporaryPath(),
                              options.id + ".o", options.libraryFolder);
  LinkJob job;
  job.object = object->getTemporaryPath().str();
  job.output = output.getTemporaryPath().str();
  job.libraryFolder = options.libraryFolder;
  job.sanitizeAddress = options.sanitizeAddress;
  if (options.kind == OutputKind::SharedLibrary)
    job.sharedName = llvm::sys::path::filename(options.outputPath).str();
  return linkModel(job);
}

/// Puts the data into the linked file, or returns false if the linker has left
/// them no room.
llvm::Expected<bool> ModelEmitter::insertData(StringRef path) const {
  llvm::SmallVector<char, 0> file;
  {
    auto linked = llvm::MemoryBuffer::getFile(path);
    if (!linked)
      return llvm::createStringError(linked.getError(), "cannot read \"%s\"",
                                     path.str().c_str());
    file.append((*linked)->getBufferStart(), (*linked)->getBufferEnd());
  }
  llvm::Expected<bool> hasRoom = makeRoomForData(file, data.blob.getSize());
  if (!hasRoom || !*hasRoom)
    return hasRoom;
  // The same file, which is executable, only longer. It is not made empty
  // before: some file systems then wait for the disk when it is closed.
  std::error_code code;
  llvm::raw_fd_ostream os(path, code, llvm::sys::fs::CD_OpenExisting);
  if (code)
    return llvm::createStringError(code, "cannot write \"%s\"",
                                   path.str().c_str());
  os.write(file.data(), file.size());
  data.blob.write(os);
  os.close();
  if (!os.has_error())
    return true;
  code = os.error();
  os.clear_error();
  return llvm::createStringError(code, "cannot write \"%s\": %s",
                                 path.str().c_str(), code.message().c_str());
}

/// Links. The data go into the linked file, so that they are written once.
llvm::Error ModelEmitter::link(OutputFile &output) {
  if (llvm::Error error = addRuntime(output, /*withData=*/false))
    return error;
  if (!hasEmbeddedData())
    return llvm::Error::success();
  llvm::Expected<bool> isInserted = insertData(output.getTemporaryPath());
  if (!isInserted)
    return isInserted.takeError();
  // Another linker than those we know may need to have it all.
  return *isInserted ? llvm::Error::success()
                     : addRuntime(output, /*withData=*/true);
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
  if (llvm::Error error = options.kind == OutputKind::StaticLibrary
                              ? addRuntime(*output, /*withData=*/true)
                              : link(*output))
    return error;
  if (header)
    if (llvm::Error error = header->commit())
      return error;
  return output->commit();
}

llvm::Error ModelEmitter::keepIR() const {
  llvm::Expected<OutputFile> file =
      OutputFile::create(options.saveTempsPrefix + ".ll");
  if (!file)
    return file.takeError();
  module->print(file->os(), /*AAW=*/nullptr);
  return file->commit();
}

llvm::Error ModelEmitter::keepObject() const {
  llvm::Expected<OutputFile> file =
      OutputFile::create(options.saveTempsPrefix + ".o");
  if (!file)
    return file.takeError();
  if (llvm::Error error = writeObject(file->os()))
    return error;
  return file->commit();
}

llvm::Error ModelEmitter::emit() {
  if (!options.saveTempsPrefix.empty())
    if (llvm::Error error = keepIR())
      return error;
  if (isText(options.kind))
    return emitText(options.outputPath);
  if (llvm::Error error = assemble())
    return error;
  if (hasRuntime(options.kind) && !options.saveTempsPrefix.empty())
    if (llvm::Error error = keepObject())
      return error;
  if (!hasDataFile())
    return emitFiles();
  llvm::Expected<OutputFile> weights =
      OutputFile::create(getWeightsPath(options));
  if (!weights)
    return weights.takeError();
  writeDataFile(weights->os());
  if (llvm::Error error = emitFiles())
    return error;
  return weights->commit();
}

/// Writes the code and all that goes with it but the file of the data.
llvm::Error ModelEmitter::emitFiles() {
  switch (options.kind) {
  case OutputKind::Executable:
  case OutputKind::StaticLibrary:
  case OutputKind::SharedLibrary:
    return emitWithRuntime();
  case OutputKind::Object:
    return emitObject();
  case OutputKind::Assembly:
  case OutputKind::LLVMIR:
    break;
  }
  llvm_unreachable("text has been written");
}

bool graph_compile::hasHeader(OutputKind kind) {
  return kind == OutputKind::Object || kind == OutputKind::StaticLibrary ||
         kind == OutputKind::SharedLibrary;
}

bool graph_compile::isText(OutputKind kind) {
  return kind == OutputKind::Assembly || kind == OutputKind::LLVMIR;
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

std::string graph_compile::getWeightsPath(const EmitOptions &options) {
  llvm::SmallString<128> path(options.outputPath);
  if (hasHeader(options.kind))
    llvm::sys::path::replace_extension(path, "weights");
  else
    path += ".weights";
  return std::string(path);
}

/// Takes the description off the module of each variant.
static FailureOr<std::vector<VariantDescription>>
takeDescriptions(ArrayRef<ModelVariant> variants, StringRef id) {
  std::vector<VariantDescription> descriptions;
  for (const ModelVariant &variant : variants) {
    FailureOr<ModelDescription> model = readModelDescription(variant.module);
    if (failed(model))
      return failure();
    if (model->name.empty())
      model->name = id.str();
    eraseModelDescription(variant.module);
    std::string prefix = id.str() + ".";
    if (variants.size() > 1)
      prefix += variant.cpu + ".";
    descriptions.push_back({variant.cpu,
                            getRequiredCpuFeatures(*variant.machine), prefix,
                            std::move(*model)});
  }
  return descriptions;
}

LogicalResult graph_compile::emitModel(ArrayRef<ModelVariant> variants,
                                       const EmitOptions &options) {
  FailureOr<std::vector<VariantDescription>> descriptions =
      takeDescriptions(variants, options.id);
  if (failed(descriptions))
    return failure();
  ModelEmitter emitter(*variants.back().machine, options, *descriptions);
  for (auto [variant, description] : llvm::zip_equal(variants, *descriptions))
    if (failed(emitter.addCode(variant.module, *variant.machine,
                               description.prefix)))
      return failure();
  emitter.finishModule();
  ModuleOp module = variants.front().module;
  if (llvm::Error error = emitter.emit())
    return emitError(UnknownLoc::get(module.getContext()))
           << llvm::toString(std::move(error));
  return success();
}
