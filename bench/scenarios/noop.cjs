// The processor of the scenario 'noop' as a file.
module.exports = async () => null;
