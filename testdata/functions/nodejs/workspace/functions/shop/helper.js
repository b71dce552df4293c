module.exports = 'a helper';
