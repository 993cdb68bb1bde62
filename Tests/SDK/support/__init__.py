"""What the tests of the management API stand on: servers, people, clients, images and the contract."""
