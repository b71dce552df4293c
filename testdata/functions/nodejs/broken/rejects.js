'use strict';
Promise.reject(new Error('nobody waits'));
exports.handler = () => new Promise((resolve) => setTimeout(resolve, 50, 'went on'));
