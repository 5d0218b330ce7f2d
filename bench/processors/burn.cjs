// Arithmetic that holds its thread: `rounds` steps, each of which needs the one before. The same in burn.cc.
function burn(rounds) {
  let x = 1;
  for (let i = 0; i < rounds; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return x;
}

module.exports = async job => burn(job.data.rounds);
module.exports.burn = burn;
