"""What the native API's requests and answers look like on the wire, a module per noun."""
