// Asio's functions that are not templates, compiled once where CMakeLists.txt says so: other files
// then use only their declarations.
#ifdef BOOST_ASIO_SEPARATE_COMPILATION
#include <boost/asio/impl/src.hpp>
#endif
