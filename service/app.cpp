namespace service {}
