"""Pure rules and numbers: values in, values out, without Qt, disk, network, clock or thread."""
