exports.value = async (event) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { echo: event };
};
