exports.handler = (event, context) => context.succeed ? context.succeed('a .cjs file') : 'a .cjs file';
