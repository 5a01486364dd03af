"""Exchange: published rounds in the forms that other organisations' programs read (the DTM API, HDX, HXL); what outside
exchanges hold of ours, and which plans use it."""
