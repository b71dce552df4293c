// The same for runtimes up to nodejs22.x, of which the first know no promises.
exports.handler = function (event, context, callback) {
  const name = event.name || 'World';
  console.log('Saying hello to ' + name);
  callback(null, { message: 'Hello, ' + name });
};
