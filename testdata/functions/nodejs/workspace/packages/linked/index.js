module.exports = 'linked, with ' + require('hoisted');
