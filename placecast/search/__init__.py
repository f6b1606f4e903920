"""Every sentence ever said, looked up without a server: what the build makes, and the page's script reads."""
