// Loaded by NODE_OPTIONS: takes away what the bootstrap would rather use.
process.binding = () => { throw new Error('No such module'); };
