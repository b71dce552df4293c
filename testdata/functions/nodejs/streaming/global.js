exports.handler = async () => typeof awslambda;
