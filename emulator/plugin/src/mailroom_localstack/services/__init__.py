"""What the plugin changes in LocalStack's services, with a folder for each of them."""
