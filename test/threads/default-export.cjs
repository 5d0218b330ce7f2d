// As a compiler leaves an ES module's default export.
Object.defineProperty(exports, '__esModule', { value: true });
exports.default = async job => ({ doubled: job.data.value * 2 });
