/**
 * Imported first by every entry point. Below Node 22.19 native packages crash the process instead of failing, so we
 * stop before they load. `npm start` brings its own Node.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `wafleet needs Node 22.19 or newer and this is ${process.version}: run it with npm start\n`,
  );
  process.exit(1);
}
