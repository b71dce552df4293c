'use strict';
console.log('leaving');
process.exit(7);
