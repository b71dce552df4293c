exports.handler = function ( {
