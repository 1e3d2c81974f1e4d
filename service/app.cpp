namespace service {
}
