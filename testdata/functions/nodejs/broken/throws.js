'use strict';
throw new RangeError('at load');
