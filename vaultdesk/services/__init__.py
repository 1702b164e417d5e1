"""What runs on the event loop: a service awaits the outside, calls the core, tells the bus."""
