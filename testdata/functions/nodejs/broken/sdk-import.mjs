import '@aws-sdk/client-does-not-exist';
