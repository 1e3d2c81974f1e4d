namespace config {
}
