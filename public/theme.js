// Before the first paint: the learner's theme and text size, so that nothing flashes.
try {
  const settings = JSON.parse(localStorage.getItem('tabernetes.settings') ?? '{}')
  if (settings.theme === 'light' || settings.theme === 'dark')
    document.documentElement.dataset.theme = settings.theme
  if (settings.fontSize)
    document.documentElement.style.setProperty('--font-size', `${Number(settings.fontSize)}px`)
} catch {
  // Storage refused: the system's theme it is.
}
