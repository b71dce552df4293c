// Exports in exports, in a directory.
exports.handler = (event, context) => context.succeed ? context.succeed('src/a') : 'src/a';
exports.deep = { er: { handler: exports.handler }, notFunction: 42 };
