// From nodejs8.10 on. Called by the README, the benches and many tests.
exports.handler = async (event) => {
  const name = event.name || 'World';
  console.log('Saying hello to ' + name);
  return { message: 'Hello, ' + name };
};
