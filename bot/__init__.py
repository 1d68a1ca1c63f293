"""What people see and say: Slack, HTTP and the command line."""
