import 'does-not-exist';
