//===- ElfSection.cpp - large section contents without the assembler ----===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/ElfSection.h"

#include "llvm/Object/ELF.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::object;

using Elf = ELF64LE;

/// Makes the one symbol of the section with index `section` span `bytes` bytes.
static Error resizeSymbol(MutableArrayRef<Elf::Sym> symbols, size_t section,
                          uint64_t bytes) {
  unsigned numFound = 0;
  for (Elf::Sym &symbol : symbols) {
    if (symbol.st_shndx != section || symbol.getType() == ELF::STT_SECTION)
      continue;
    symbol.st_size = bytes;
    ++numFound;
  }
  // The local symbol is dropped by the assembler where nothing needs its name.
  if (numFound > 1)
    return createStringError("the data section has more than one symbol");
  return Error::success();
}

/// The header tables live in `object` itself, which is ours to change.
template <typename T> static MutableArrayRef<T> makeMutable(ArrayRef<T> array) {
  return {const_cast<T *>(array.data()), array.size()};
}

Expected<uint64_t>
graph_compile::moveSectionBehindObject(MutableArrayRef<char> object,
                                       StringRef name, uint64_t bytes) {
  Expected<ELFFile<Elf>> elf =
      ELFFile<Elf>::create(StringRef(object.data(), object.size()));
  if (!elf)
    return elf.takeError();
  auto sections = elf->sections();
  if (!sections)
    return sections.takeError();

  std::optional<uint64_t> offset;
  size_t index = 0;
  for (auto [position, section] :
       enumerate(makeMutable<Elf::Shdr>(*sections))) {
    Expected<StringRef> sectionName = elf->getSectionName(section);
    if (!sectionName)
      return sectionName.takeError();
    if (*sectionName != name)
      continue;
    offset =
        alignTo(object.size(), std::max<uint64_t>(section.sh_addralign, 1));
    section.sh_offset = *offset;
    section.sh_size = bytes;
    index = position;
  }
  if (!offset)
    return createStringError("the object has no section \"%s\"",
                             name.str().c_str());

  for (const Elf::Shdr &section : *sections) {
    if (section.sh_type != ELF::SHT_SYMTAB)
      continue;
    auto symbols = elf->symbols(&section);
    if (!symbols)
      return symbols.takeError();
    if (Error error =
            resizeSymbol(makeMutable<Elf::Sym>(*symbols), index, bytes))
      return std::move(error);
  }
  return *offset;
}
