'use strict';
// Packages of the SDK that do not exist anywhere, so that the case does not depend on the host.
exports.v3 = () => require('@aws-sdk/client-does-not-exist');
exports.v2 = () => require('aws-sdk/does-not-exist');
