// Asio's functions that are not templates, compiled once where CMakeLists.txt says so: the other files then take their
// declarations only.
#ifdef BOOST_ASIO_SEPARATE_COMPILATION
#include <boost/asio/impl/src.hpp>
#endif
