'use strict';

// The bindings behind Node.js's own library. Going past the library is what makes a cold start fast; every use here
// has another way where a binding is not there.

// binding returns null where there is none of that name.
module.exports = function binding(name) {
  const noDeprecation = process.noDeprecation;
  process.noDeprecation = true; // the warning is for the function's author, who has no part in it
  try {
    return process.binding(name);
  } catch (error) {
    return null;
  } finally {
    process.noDeprecation = noDeprecation;
  }
};
