// Package hdf5 reads and writes the part of HDF5 that Keras files use. It stands at the start of the way of the data
// (floor 0) and knows no machine learning: format/keras gives the groups and datasets their meaning.
//
// Reading takes superblocks 0 to 3, object headers 1 and 2, groups as symbol tables, as link messages and as dense
// links, attributes compact and dense, datasets compact, contiguous and chunked under every chunk index, the filters
// deflate, shuffle and fletcher32, and integers, floats, booleans, enumerations and strings (fixed and of variable
// length) of either byte order. What it does not take (compound types, references, virtual and external storage, szip)
// it lists and names, and refuses only when the values are asked for.
//
// Writing makes what h5py makes by default and every HDF5 library since 1.0 opens: superblock 0, symbol tables, object
// headers 1, contiguous little-endian data. The same tree gives the same bytes.
//
// A file is not trusted. No length or address is believed before it is compared with the size of the file, no
// structure is walked twice, and a compressed chunk never grows beyond the size that it declares. Errors name the
// structure and its address: "hdf5: symbol table node at 0x430: signature is "XXXX"; want "SNOD"".
//
// Source: HDF5 File Format Specification Version 3.0, The HDF Group. The layout is drawn in docs/format/hdf5.md.
package hdf5
